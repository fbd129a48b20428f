import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { loadCore } from "../../core-wasm/load.ts";
import { fingerprint, formatArtifact } from "../../models/artifact/read.ts";
import { fitModel } from "../../models/training/fit.ts";
import { EmbeddedLog } from "../../service/bus/embedded/embedded_log.ts";
import { Engine } from "../../service/engine/engine.ts";
import { loadModels } from "../../service/engine/loaded_model.ts";
import { type Simulator, startSimulator } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { systemClock } from "../../data/common/clock.ts";
import { RestClient } from "../../service/exchanges/binance/rest.ts";
import { flattenBars } from "../core-wasm/support.ts";
import { readEvents, type StreamedEvent } from "../support/event_stream.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const TOKEN = "a-secret";

const status = z.looseObject({
  models: z.array(z.looseObject({ name: z.string(), fingerprint: z.string(), loaded: z.number() })),
  models_problem: z.string().nullable(),
});
const record = z.looseObject({ symbol: z.string(), timestamp: z.number() });
const signal = z.looseObject({
  timestamp: z.number(),
  anomaly_score: z.number().nullable(),
  regime_probabilities: z.record(z.string(), z.number()).nullable(),
  models: z.looseObject({
    volatility: z.looseObject({ probabilities: z.record(z.string(), z.number()).nullable() }),
  }),
});

/** A service at the stand-in at 120 minutes a minute, with model files of its own, and its feed. */
async function serve() {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 5, symbols: SYMBOLS }),
    speed: 120,
  });
  onTestFinished(() => exchange.close());
  const folder = temporaryFolder();
  const files = ["classic", "volatility"].map((name) => {
    const file = join(folder, `${name}.json`);
    copyFileSync(`models/${name}.json`, file);
    return file;
  });
  const service = await ServiceProcess.start({
    SOURCE: "binance",
    SYMBOLS: SYMBOLS.join(),
    BINANCE_WS_URL: exchange.wsUrl,
    BINANCE_REST_URL: exchange.url,
    DATA_DIR: folder,
    MODELS: files.join(),
    ADMIN_TOKEN: TOKEN,
  });
  await until(
    "the history",
    async () => (await fetch(`${service.url}/readyz`)).ok || undefined,
  );
  const events: (StreamedEvent & { readonly at: number })[] = [];
  // Ends with the service.
  (async () => {
    for await (const event of readEvents(`${service.url}/api/v1/stream?events=bar,signal,status`)) {
      events.push({ ...event, at: performance.now() });
    }
  })().catch(() => {});
  return { exchange, service, folder, files, events };
}

/** Fits the classic model to two simulated days, as `train` does. */
async function retrain(exchange: Simulator, seed: number): Promise<string> {
  const rest = new RestClient({ url: exchange.url, clock: systemClock });
  const to = Math.floor(exchange.now() / MINUTE_MS) * MINUTE_MS;
  const from = to - 2 * 1440 * MINUTE_MS;
  const klines = await rest.klines("BTCUSDT", from, to);
  const artifact = await fitModel({
    sequences: [{ start: from, bars: flattenBars(klines) }],
    symbol: "BTCUSDT",
    market: "spot",
    seed,
    contamination: 0.05,
    states: 3,
    window: 20,
  });
  return formatArtifact(artifact);
}

/** Replaces a file as an editor or `train` does. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

test(
  "a retrained model is live at once; no bar and no signal is lost, doubled or moved",
  async () => {
    const { exchange, service, folder, files, events } = await serve();
    const [classic = ""] = files;
    const signalsFrom = (count: number) =>
      until("more signals", () => {
        const told = events.slice(count).filter(({ event }) => event === "signal");
        return told.length >= 6 ? true : undefined;
      });
    const before = loadModels({ models: files, expected: {} });
    await signalsFrom(0);

    const engines = [before];
    const delays: number[] = [];
    for (const seed of [1, 2, 3]) {
      const text = await retrain(exchange, seed);
      const wanted = fingerprint(text);
      await signalsFrom(events.length);
      const replaced = performance.now();
      replace(classic, text);
      const live = await until(
        "the new fingerprint",
        () =>
          events.find(({ event, data }) =>
            event === "status" && status.parse(JSON.parse(data)).models[0]?.fingerprint === wanted
          ),
      );
      delays.push(live.at - replaced);
      expect(await service.get("/api/v1/models")).toMatchObject([
        { name: "classic", fingerprint: wanted },
        { name: "volatility", fingerprint: before[1]?.fingerprint },
      ]);
      engines.push(loadModels({ models: files, expected: {} }));
      await signalsFrom(events.length);
    }
    // Two seconds on an idle machine.
    expect(Math.max(...delays)).toBeLessThan(60_000);
    await service.kill("SIGTERM");

    const told = events.filter(({ id }) => id !== undefined);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    for (const symbol of SYMBOLS) {
      for (const kind of ["bar", "signal"]) {
        const times = told.filter(({ event }) => event === kind)
          .map(({ data }) => record.parse(JSON.parse(data)))
          .filter((each) => each.symbol === symbol).map(({ timestamp }) => timestamp);
        const [first = NaN] = times;
        expect(times).toEqual(times.map((_, i) => first + i * MINUTE_MS));
      }
    }

    const journal = new EmbeddedLog(join(folder, "binance.sqlite"));
    onTestFinished(() => journal.close());
    for (const symbol of SYMBOLS) {
      const bars = [...journal.bars(symbol, 0)];
      const [first] = bars;
      expect(bars.map(({ timestamp }) => timestamp))
        .toEqual(bars.map((_, i) => (first?.timestamp ?? NaN) + i * MINUTE_MS));
      const published = journal.query({ kind: "signal", symbol, limit: 100_000 })
        .map((json) => signal.parse(JSON.parse(json)));
      expect(published.map(({ timestamp }) => timestamp))
        .toEqual(bars.slice(0, published.length).map(({ timestamp }) => timestamp));
      expect(bars.length - published.length).toBeLessThanOrEqual(1);
      // Each signal is of the engine whose turn it was, as if that had run from the first bar on.
      const replays = engines.map((models) => {
        const engine = new Engine(loadCore(), models, [symbol]);
        return bars.map((bar) => engine.push(bar));
      });
      let turn = 0;
      const turns = engines.map(() => 0);
      for (const [i, { anomaly_score, regime_probabilities, models }] of published.entries()) {
        const scoreOf = (engine: number) => replays[engine]?.[i]?.anomaly_score;
        if (scoreOf(turn) !== anomaly_score && scoreOf(turn + 1) === anomaly_score) turn++;
        turns[turn] = (turns[turn] ?? 0) + 1;
        const expected = replays[turn]?.[i];
        expect(anomaly_score).toBe(expected?.anomaly_score);
        for (const [regime, share] of Object.entries(expected?.regime_probabilities ?? {})) {
          expect(regime_probabilities?.[regime]).toBeCloseTo(share, 9);
        }
        // Its file did not change: the model has gone on as if nothing had been.
        expect(models.volatility).toEqual(expected?.models["volatility"]);
      }
      expect(Math.min(...turns)).toBeGreaterThan(0);
    }
  },
);

test(
  "a damaged artifact leaves the models as they are, and the service says so until it is repaired",
  async () => {
    const { service, files } = await serve();
    const [classic = ""] = files;
    const health = async () => status.parse(await service.get("/healthz"));
    const before = await health();
    const sound = readFileSync(classic, "utf8");
    replace(classic, sound.slice(0, 1000));
    const { models, models_problem } = await until("the problem", async () => {
      const now = await health();
      return now.models_problem === null ? undefined : now;
    });
    expect(models).toEqual(before.models);
    expect(models_problem).toMatch(/classic\.json: must be a model artifact.*stay live/);
    replace(classic, sound);
    await until("the end of it", async () => (await health()).models_problem === null || undefined);
    expect((await health()).models).toEqual(before.models);
  },
);

test("an administrator's reload answers when the new model is live, or why it is not", async () => {
  const { exchange, service, files } = await serve();
  const [classic = ""] = files;
  const reload = (token?: string) =>
    fetch(`${service.url}/api/v1/models/reload`, {
      method: "POST",
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  expect((await reload()).status).toBe(401);
  expect((await reload("another")).status).toBe(401);

  const text = await retrain(exchange, 4);
  replace(classic, text);
  const answer = await reload(TOKEN);
  expect(answer.status).toBe(200);
  expect(status.pick({ models: true }).parse(await answer.json()).models[0]?.fingerprint)
    .toBe(fingerprint(text));

  replace(classic, text.replace('"classic"', '"Classic"'));
  const refused = await reload(TOKEN);
  expect(refused.status).toBe(422);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(await refused.json()).toMatchObject({
    detail: expect.stringContaining("classic.json: name"),
  });
  expect(status.parse(await service.get("/healthz")).models[0]?.fingerprint).toBe(
    fingerprint(text),
  );
});
