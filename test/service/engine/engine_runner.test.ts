import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { EngineRunner } from "../../../service/engine/engine_runner.ts";
import { type LoadedModel, loadModels } from "../../../service/engine/loaded_model.ts";
import { randomBars } from "../../core-wasm/support.ts";
import { eventsOf } from "../../support/log_events.ts";
import { quickVolatility } from "../../support/quick_volatility.ts";
import { barRecords, makeBar } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const wasm = loadCore();
const CLASSIC = loadModels({ models: ["models/classic.json"], expected: {} });
const VOLATILITY = [quickVolatility()];
const MARKET = SYMBOLS.map((symbol, seed) =>
  randomBars(3000, seed + 1).map(({ open, high, low, close, volume }, i): Bar => ({
    ...makeBar(i, symbol),
    ...{ open, high, low, close, volume },
  }))
);

function barsOf(symbol: string, from: number, to: number): readonly Bar[] {
  return MARKET[SYMBOLS.indexOf(symbol)]?.slice(from, to) ?? [];
}

function engineOf(...models: readonly (readonly LoadedModel[])[]): Engine {
  return new Engine(wasm, models.flat(), SYMBOLS);
}

/** A log and the runner of a model, with bars appended and scored. */
async function setUp(from: number, to: number, models = CLASSIC, minutes = 10_000) {
  const folder = temporaryFolder();
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  onTestFinished(() => log.close());
  const runner = new EngineRunner(engineOf(models), { log, store: log }, minutes);
  const append = async (symbol: string, first: number, end: number) => {
    const before = log.end;
    await log.append(barRecords(...barsOf(symbol, first, end)));
    const filter = { kinds: new Set(["bar"] as const), symbols: new Set(SYMBOLS), since: 0 };
    return eventsOf(log, { after: before, filter });
  };
  const publish = async (symbol: string, first: number, end: number) =>
    await runner.process(await append(symbol, first, end));
  for (const symbol of SYMBOLS) await publish(symbol, from, to);
  const signals = (symbol: string) =>
    log.query({ kind: "signal", symbol, limit: 10_000 }).map((json): Signal => JSON.parse(json));
  return { log, runner, append, publish, signals };
}

const NEVER = new AbortController().signal;

test("bars that arrive while the next engine warms up are scored once, in order, and known to it", async () => {
  const { runner, publish, signals } = await setUp(0, 2000);
  const next = engineOf(CLASSIC, VOLATILITY);
  const preparing = runner.prepare(next, NEVER);
  for (let i = 2000; i < 2040; i++) {
    for (const symbol of SYMBOLS) await publish(symbol, i, i + 1);
  }
  await preparing;
  await publish("BTCUSDT", 2040, 2043);
  runner.promote(next);
  for (const symbol of SYMBOLS) await publish(symbol, symbol === "BTCUSDT" ? 2043 : 2040, 2100);

  for (const symbol of SYMBOLS) {
    const swap = symbol === "BTCUSDT" ? 2043 : 2040;
    const published = signals(symbol);
    expect(published.map(({ timestamp }) => timestamp))
      .toEqual(barsOf(symbol, 0, 2100).map(({ timestamp }) => timestamp));
    const [old, both] = [engineOf(CLASSIC), engineOf(CLASSIC, VOLATILITY)];
    const expected = barsOf(symbol, 0, 2100).map((bar, i) => {
      const [before, after] = [old.push(bar), both.push(bar)];
      return i < swap ? before : after;
    });
    expect(published).toEqual(JSON.parse(JSON.stringify(expected)));
  }
});

test("a bar that is in the log but not scored yet is for the next engine to score", async () => {
  const { runner, append, signals } = await setUp(0, 400);
  const events = await append("BTCUSDT", 400, 401);
  const next = engineOf(VOLATILITY);
  await runner.prepare(next, NEVER);
  runner.promote(next);
  await runner.process(events);
  expect(signals("BTCUSDT").at(-1)).toMatchObject({
    timestamp: barsOf("BTCUSDT", 400, 401)[0]?.timestamp,
    regime_probabilities: { calm: expect.any(Number) },
  });
});

test("a model that runs before and after a change of models keeps its state to the last bit", async () => {
  // So short a warm-up leaves a new volatility model without its windows.
  const { runner, publish, signals } = await setUp(0, 2100, VOLATILITY, 100);
  const next = engineOf(CLASSIC, VOLATILITY);
  await runner.prepare(next, NEVER);
  runner.promote(next);
  await publish("ETHUSDT", 2100, 2200);
  const uninterrupted = engineOf(VOLATILITY);
  const expected = barsOf("ETHUSDT", 0, 2200).map((bar) => uninterrupted.push(bar));
  expect(expected.at(-1)?.ready).toBe(true);
  expect(signals("ETHUSDT").slice(2100).map(({ models }) => models["volatility"]?.probabilities))
    .toEqual(expected.slice(2100).map((signal) => signal.regime_probabilities));
});

test("a warm-up that is aborted leaves the running engine alone", async () => {
  const { runner, publish, signals } = await setUp(0, 2000);
  const abort = new AbortController();
  const preparing = runner.prepare(engineOf(VOLATILITY), abort.signal);
  abort.abort(new Error("enough"));
  await expect(preparing).rejects.toThrow("enough");
  await publish("BTCUSDT", 2000, 2001);
  expect(signals("BTCUSDT").at(-1)).toHaveProperty("regime_probabilities.normal_market");
});

test("a checkpoint of the new engine follows with the next bar of each symbol", async () => {
  const { log, runner, publish } = await setUp(0, 100);
  const next = engineOf(VOLATILITY);
  await runner.prepare(next, NEVER);
  runner.promote(next);
  await publish("BTCUSDT", 100, 101);
  expect(log.checkpoint("BTCUSDT")?.models).toBe(next.fingerprint);
});

test("events that come twice, or of markets that are not scored, give no signal", async () => {
  const { runner, append, signals } = await setUp(0, 100);
  const events = await append("BTCUSDT", 100, 103);
  const foreign = events.map((event) => ({
    ...event,
    json: event.json.replace("BTCUSDT", "DOGEUSDT"),
  }));
  for (const batch of [events, events, foreign]) await runner.process(batch);
  expect(signals("BTCUSDT").map(({ timestamp }) => timestamp))
    .toEqual(barsOf("BTCUSDT", 0, 103).map(({ timestamp }) => timestamp));
});

test("a restart resumes from checkpoints, scores what was left, and gives the same signals", async () => {
  const { log, append, signals } = await setUp(0, 170);
  for (const symbol of SYMBOLS) await append(symbol, 170, 200);
  const restarted = new EngineRunner(engineOf(CLASSIC), { log, store: log }, 10_000);
  await restarted.recover();
  for (const symbol of SYMBOLS) {
    const uninterrupted = engineOf(CLASSIC);
    const expected = barsOf(symbol, 0, 200).map((bar) => uninterrupted.push(bar));
    expect(signals(symbol)).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(log.checkpoint(symbol)).toEqual(uninterrupted.checkpoint(symbol));
  }
});

test("where a checkpoint is of other models, the state is warmed up from the stored bars", async () => {
  const { log, signals } = await setUp(0, 300);
  const restarted = new EngineRunner(engineOf(VOLATILITY), { log, store: log }, 10_000);
  await restarted.recover();
  const whole = engineOf(VOLATILITY);
  for (const bar of barsOf("ETHUSDT", 0, 300)) whole.advance(bar);
  expect(log.checkpoint("ETHUSDT")).toEqual(whole.checkpoint("ETHUSDT"));
  expect(signals("ETHUSDT")).toHaveLength(300);
});

test("bars that wait for the disk are scored in order, once, and known to the nowcast", async () => {
  const { log, append, signals } = await setUp(0, 100);
  let waiting: readonly Bar[] = [];
  const full = {
    append: (...records: Parameters<typeof log.append>) => log.append(...records),
    room: () => log.room(),
    waiting: (_: string, after: number) => waiting.filter(({ timestamp }) => timestamp > after),
  };
  const runner = new EngineRunner(engineOf(CLASSIC), { log: full, store: log }, 10_000);
  await runner.recover();
  // The first of them is durable, but was not read yet: what follows must not pass it.
  waiting = barsOf("BTCUSDT", 101, 103);
  await runner.processWaiting("BTCUSDT");
  expect(signals("BTCUSDT")).toHaveLength(100);
  await runner.process(await append("BTCUSDT", 100, 101));
  await runner.processWaiting("BTCUSDT");
  const [forming] = barsOf("BTCUSDT", 103, 104);
  expect(forming && runner.nowcast({ bar: forming })).toMatchObject({ final: false });
  // Made durable after all, they are no news.
  await runner.process(await append("BTCUSDT", 101, 104));
  const uninterrupted = engineOf(CLASSIC);
  expect(signals("BTCUSDT")).toEqual(
    JSON.parse(JSON.stringify(barsOf("BTCUSDT", 0, 104).map((bar) => uninterrupted.push(bar)))),
  );
});

test("models that change while bars wait for the disk know those bars", async () => {
  const { log, append } = await setUp(0, 100);
  const full = {
    append: (...records: Parameters<typeof log.append>) => log.append(...records),
    room: () => log.room(),
    waiting: (_: string, after: number) =>
      barsOf("BTCUSDT", 100, 103).filter(({ timestamp }) => timestamp > after),
  };
  const runner = new EngineRunner(engineOf(CLASSIC), { log: full, store: log }, 10_000);
  await runner.recover();
  await runner.processWaiting("BTCUSDT");
  const next = engineOf(CLASSIC, VOLATILITY);
  await runner.prepare(next, NEVER);
  runner.promote(next);
  await runner.process(await append("BTCUSDT", 103, 104));
  const whole = engineOf(CLASSIC, VOLATILITY);
  for (const bar of barsOf("BTCUSDT", 0, 104)) whole.advance(bar);
  expect(log.checkpoint("BTCUSDT")).toEqual(whole.checkpoint("BTCUSDT"));
});

test("a state that is recomputed says so for as long as its history, over a restart too", async () => {
  const minutes = 200;
  const { log, append, signals } = await setUp(0, 500, CLASSIC, minutes);
  const without = (symbol: string) => symbol === "BTCUSDT" ? undefined : log.checkpoint(symbol);
  const store = new Proxy(log, {
    get: (target, name) => {
      if (name === "checkpoint") return without;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const lost = new EngineRunner(engineOf(CLASSIC), { log, store }, minutes);
  expect(await lost.recover()).toEqual(["BTCUSDT"]);
  for (const symbol of SYMBOLS) await lost.process(await append(symbol, 500, 570));
  const [forming] = barsOf("BTCUSDT", 570, 571);
  expect(forming && lost.nowcast({ bar: forming })).toHaveProperty("state", "rebuilt");
  const again = new EngineRunner(engineOf(CLASSIC), { log, store: log }, minutes);
  expect(await again.recover()).toEqual(["BTCUSDT"]);
  for (const symbol of SYMBOLS) await again.process(await append(symbol, 570, 720));
  const states = signals("BTCUSDT").slice(500).map(({ state }) => state);
  expect(states).toEqual(states.map((_, i) => i < minutes ? "rebuilt" : undefined));
  expect(signals("ETHUSDT").every(({ state }) => state === undefined)).toBe(true);
});

test("while the bars before it are loaded, a forming bar's nowcast is not ready and moves no state", async () => {
  const [runner, other] = [await setUp(0, 100), await setUp(0, 100)];
  const [bar] = barsOf("BTCUSDT", 2000, 2001);
  if (bar === undefined) throw new Error("no bar");
  expect(runner.runner.nowcast({ bar })).toBeUndefined();
  const early = runner.runner.nowcast({ bar, loading: true });
  expect(early).toMatchObject({
    ...{ symbol: "BTCUSDT", timestamp: bar.timestamp, final: false, ready: false },
    ...{ regime_state: null, regime_name: null, confidence: null, anomaly_score: null },
  });
  expect(early?.need).toBeGreaterThan(early?.have ?? NaN);
  for (const { publish } of [runner, other]) await publish("BTCUSDT", 100, 110);
  expect(runner.signals("BTCUSDT")).toEqual(other.signals("BTCUSDT"));
});
