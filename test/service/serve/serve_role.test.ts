import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Announcement } from "../../../data/schema/announcement.ts";
import { liveSchema } from "../../../data/schema/live.ts";
import type { FeedStatus } from "../../../data/schema/status.ts";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { ServeRole } from "../../../service/serve/serve_role.ts";
import { readEvents } from "../../support/event_stream.ts";
import {
  makeSignal,
  makeSymbolStatus,
  makeVolatilitySignal,
  signalRecords,
  START,
} from "../../support/records.ts";
import { until } from "../../support/until.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const FEED: FeedStatus = {
  ...{ source: "simulator", requested: "auto", connection: "live", message: "live", since: START },
  ...{ next_attempt: null, clock_offset: 3, disconnects: 1, handovers: 0, invalid_frames: 0 },
  ...{ invalid_frames_by_kind: {}, rest_weight: 20, symbols: [makeSymbolStatus()] },
};

const BOUNDS = { maxConnections: 100, maxStreams: 50, maxPerAddress: 0, trustedProxies: [] };

/** A role that serves on a free port, and the bus that it is attached to. */
async function setUp() {
  const clock = new VirtualClock(START);
  const role = new ServeRole({
    config: {
      ...{ symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"], source: "auto" },
      ...{ host: "127.0.0.1", port: 0, bounds: BOUNDS },
    },
    wasm: loadCore(),
    clock,
    logger: createLog("ERROR", () => {}),
  });
  const log = new EmbeddedLog(join(temporaryFolder(), "simulator-1.sqlite"));
  const heard: Announcement[] = [];
  log.listen((announcement) => heard.push(announcement));
  const address = await role.start();
  onTestFinished(async () => {
    await role.close();
    await log.close();
  });
  const get = async (path: string): Promise<unknown> => (await fetch(address + path)).json();
  return { clock, role, log, heard, address, get };
}

test("before a source has started, the status says so and history is empty", async () => {
  const { get } = await setUp();
  expect(await get("/healthz")).toMatchObject({ connection: "connecting", message: "starting" });
  expect(await get("/api/v1/bars")).toEqual([]);
  expect(await get("/api/v1/models")).toEqual([]);
});

test("the status is what ingest and engine last announced", async () => {
  const { role, log, get } = await setUp();
  role.attach({ log, store: log });
  const models = [{ name: "classic", fingerprint: "0123456789ab", loaded: START }];
  log.announce({ kind: "feed", status: FEED });
  log.announce({ kind: "models", status: { models, problem: "damaged", descriptions: [] } });
  const expected = { ...FEED, models, models_problem: "damaged", storage: null, damage: null };
  expect(role.status).toEqual(expected);
  expect(await get("/healthz")).toMatchObject(expected);
});

test("subscribers get nowcasts, each change of the state, and the counters every five seconds", async () => {
  const { clock, role, log, address } = await setUp();
  role.attach({ log, store: log });
  log.announce({ kind: "feed", status: FEED });
  const received: string[] = [];
  const events = readEvents(`${address}/api/v1/stream?events=status,nowcast`);
  const next = async () => {
    const { value } = await events.next();
    received.push(value === undefined ? "end" : value.event);
    return value?.data ?? "";
  };
  expect(await next()).toContain('"connection":"live"');
  log.announce({ kind: "feed", status: { ...FEED, rest_weight: 21 } });
  log.announce({ kind: "nowcast", signal: { ...makeSignal(0), final: false } });
  expect(await next()).toContain('"final":false');
  log.announce({ kind: "feed", status: { ...FEED, connection: "silent" } });
  expect(await next()).toContain('"connection":"silent"');
  await clock.advance(5000);
  log.announce({ kind: "feed", status: { ...FEED, connection: "silent", rest_weight: 22 } });
  expect(await next()).toContain('"rest_weight":22');
  expect(received).toEqual(["status", "nowcast", "status", "status"]);
});

test("the scores of what was published are in the models and in the metrics", async () => {
  const { role, log, get, address } = await setUp();
  const registry = new ModelRegistry(
    { models: ["models/volatility.json"], expected: {} },
    createLog("ERROR", () => {}),
  );
  role.attach({ log, store: log });
  log.announce({ kind: "models", status: registry.status });
  await log.append(
    signalRecords(...Array.from({ length: 300 }, (_, i) => makeVolatilitySignal(i))),
  );
  // Prices stand still: the volatility, 0, is below every quantile.
  const week = { forecasts: 285, forecasts_60: 240, coverage_80: 0, coverage_80_60: 0 };
  const shown = await until("the scores", async () => {
    const models = await get("/api/v1/models");
    const known = z.array(z.object({ live: liveSchema })).safeParse(models).data?.[0]?.live;
    return known?.pooled.week.forecasts === 285 ? known : undefined;
  });
  expect(shown).toMatchObject({ pooled: { week }, symbols: { BTCUSDT: { week } } });
  expect(await (await fetch(`${address}/metrics`)).text()).toContain(
    'microstream_forecast_coverage{model="volatility",symbol="BTCUSDT",window="day"} 0\n',
  );
});

test("a reload is answered as the engine answers", async () => {
  const { role, log, heard } = await setUp();
  role.attach({ log, store: log });
  const answer = (error: string | null) => {
    const request = heard.flatMap((each) => each.kind === "reload" ? [each.request] : []).at(-1);
    log.announce({ kind: "reloaded", request: "another", error: "not this one" });
    log.announce({ kind: "reloaded", request: request ?? "", error });
  };
  const sound = role.reload();
  answer(null);
  await sound;
  const damaged = role.reload();
  answer("classic.json: damaged");
  await expect(damaged).rejects.toThrow("classic.json: damaged");
});

test("a reload that no engine answers fails after a minute", async () => {
  const { clock, role, log } = await setUp();
  role.attach({ log, store: log });
  const failing = expect(role.reload()).rejects.toThrow("the engine does not answer");
  await clock.advance(60_000);
  await failing;
});

test("another source replaces the one before", async () => {
  const { role, log } = await setUp();
  role.attach({ log, store: log });
  const next = new EmbeddedLog(join(temporaryFolder(), "binance.sqlite"));
  onTestFinished(() => next.close());
  role.attach({ log: next, store: next });
  log.announce({ kind: "feed", status: FEED });
  expect(role.status.message).toBe("starting");
  next.announce({ kind: "feed", status: { ...FEED, source: "binance" } });
  expect(role.status.source).toBe("binance");
});

test("a port in use is refused by the name of its setting", async () => {
  const { address } = await setUp();
  const second = new ServeRole({
    config: {
      ...{ symbols: ["BTCUSDT"], source: "auto", host: "127.0.0.1", bounds: BOUNDS },
      port: Number(new URL(address).port),
    },
    wasm: loadCore(),
    clock: new VirtualClock(START),
    logger: createLog("ERROR", () => {}),
  });
  onTestFinished(() => second.close());
  await expect(second.start()).rejects.toThrow(/^DASHBOARD_PORT must be free: port \d+ is in use/);
});

test("the markets that subscribers name are announced, those of a stream of all are not", async () => {
  const { role, log, heard, address } = await setUp();
  role.attach({ log, store: log });
  const viewed = () => {
    log.announce({ kind: "feed", status: FEED });
    return heard.findLast((each) => each.kind === "viewed")?.symbols;
  };
  const all = readEvents(`${address}/api/v1/stream`);
  expect(viewed()).toEqual([]);
  await all.next();
  expect(viewed()).toEqual([]);
  const page = readEvents(`${address}/api/v1/stream?symbols=ETHUSDT`);
  await page.next();
  expect(viewed()).toEqual(["ETHUSDT"]);
});
