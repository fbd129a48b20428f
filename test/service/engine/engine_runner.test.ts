import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import { Journal } from "../../../service/bus/embedded/journal.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { EngineRunner } from "../../../service/engine/engine_runner.ts";
import { type LoadedModel, loadModels } from "../../../service/engine/loaded_model.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import { makeBar, START } from "../../support/records.ts";
import { randomBars } from "../../core-wasm/support.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const wasm = loadCore();
const [CLASSIC, LIQUIDITY] = ["classic", "liquidity"].map((name) =>
  loadModels({ models: [`models/${name}.json`], expected: {} })
);
const MARKET = SYMBOLS.map((symbol, seed) =>
  randomBars(3000, seed + 1).map(({ open, high, low, close, volume }, i): Bar => ({
    ...makeBar(i, symbol),
    ...{ open, high, low, close, volume },
  }))
);

function barsOf(symbol: string, from: number, to: number): readonly Bar[] {
  return MARKET[SYMBOLS.indexOf(symbol)]?.slice(from, to) ?? [];
}

function engineOf(...models: readonly (readonly LoadedModel[] | undefined)[]): Engine {
  return new Engine(wasm, models.flatMap((each) => each ?? []), SYMBOLS);
}

/** A journal and the runner of a model, with bars appended and scored. */
async function setUp(from: number, to: number, models = CLASSIC) {
  const journal = new Journal(join(temporaryFolder(), "binance.sqlite"));
  onTestFinished(() => journal.close());
  const runner = new EngineRunner(engineOf(models), journal);
  const publish = async (symbol: string, first: number, end: number) => {
    await journal.appendBars(barsOf(symbol, first, end));
    await runner.process(barsOf(symbol, first, end));
  };
  for (const symbol of SYMBOLS) await publish(symbol, from, to);
  const signals = (symbol: string) =>
    journal.query({ kind: "signal", symbol, limit: 10_000 }).map((json): Signal =>
      JSON.parse(json)
    );
  return { journal, runner, publish, signals };
}

const NEVER = new AbortController().signal;
const noOlder = () => Promise.resolve([]);

test("bars that come while the next engine warms up are scored once, in order, and known to it", async () => {
  const { runner, publish, signals } = await setUp(0, 2000);
  const next = engineOf(CLASSIC, LIQUIDITY);
  const preparing = runner.prepare(next, { minutes: 10_000, older: noOlder, signal: NEVER });
  for (let i = 2000; i < 2040; i++) {
    for (const symbol of SYMBOLS) await publish(symbol, i, i + 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { takeOver, shortfall } = await preparing;
  expect(shortfall).toBeNull();
  await publish("BTCUSDT", 2040, 2043);
  takeOver();
  for (const symbol of SYMBOLS) await publish(symbol, symbol === "BTCUSDT" ? 2043 : 2040, 2100);

  for (const symbol of SYMBOLS) {
    const swap = symbol === "BTCUSDT" ? 2043 : 2040;
    const published = signals(symbol);
    expect(published.map(({ timestamp }) => timestamp))
      .toEqual(barsOf(symbol, 0, 2100).map(({ timestamp }) => timestamp));
    const [old, both] = [engineOf(CLASSIC), engineOf(CLASSIC, LIQUIDITY)];
    const expected = barsOf(symbol, 0, 2100).map((bar, i) => {
      const [before, after] = [old.push(bar), both.push(bar)];
      return i < swap ? before : after;
    });
    expect(published).toEqual(JSON.parse(JSON.stringify(expected)));
  }
});

test("a bar that is on the bus but not yet scored is the next engine's to score", async () => {
  const { journal, runner, signals } = await setUp(0, 100);
  const [bar] = barsOf("BTCUSDT", 100, 101);
  if (bar === undefined) throw new Error("no bar");
  await journal.appendBars([bar]);
  const { takeOver } = await runner.prepare(engineOf(LIQUIDITY), {
    minutes: 10_000,
    older: noOlder,
    signal: NEVER,
  });
  takeOver();
  await runner.process([bar]);
  expect(signals("BTCUSDT").at(-1)).toMatchObject({
    timestamp: bar.timestamp,
    regime_probabilities: { stable: expect.any(Number) },
  });
});

test("a model that runs before and after goes on with its very state", async () => {
  const { runner, publish, signals } = await setUp(0, 2100, LIQUIDITY);
  const next = engineOf(CLASSIC, LIQUIDITY);
  // So short a warm-up leaves the liquidity model blind.
  const { takeOver } = await runner.prepare(next, { minutes: 100, older: noOlder, signal: NEVER });
  takeOver();
  await publish("ETHUSDT", 2100, 2200);
  const uninterrupted = engineOf(LIQUIDITY);
  const expected = barsOf("ETHUSDT", 0, 2200).map((bar) => uninterrupted.push(bar));
  expect(signals("ETHUSDT").slice(2100).map(({ models }) => models["liquidity"]?.probabilities))
    .toEqual(expected.slice(2100).map((signal) => signal.regime_probabilities));
});

test("a model that needs more than the bus has is warmed up on older bars of the exchange", async () => {
  const { runner } = await setUp(1500, 1600);
  const asked: (readonly [string, number, number])[] = [];
  const next = engineOf(LIQUIDITY);
  const { takeOver, shortfall } = await runner.prepare(next, {
    minutes: 1600,
    older: (symbol, from, to) => {
      asked.push([symbol, (from - START) / 60_000, (to - START) / 60_000]);
      return Promise.resolve(barsOf(symbol, 0, 1500));
    },
    signal: NEVER,
  });
  takeOver();
  expect(asked).toEqual(SYMBOLS.map((symbol) => [symbol, 0, 1500]));
  expect(shortfall).toBeNull();
  const whole = engineOf(LIQUIDITY);
  for (const bar of barsOf("ETHUSDT", 0, 1600)) whole.push(bar);
  expect(next.checkpoint("ETHUSDT")).toEqual(whole.checkpoint("ETHUSDT"));
});

test("where older bars cannot be had, the model goes on with less and says so", async () => {
  const { runner } = await setUp(1500, 1600);
  const { shortfall } = await runner.prepare(engineOf(LIQUIDITY), {
    minutes: 1600,
    older: () => Promise.reject(new Error("no answer")),
    signal: NEVER,
  });
  expect(shortfall).toMatch(/know BTCUSDT only since 2024-05-02T01:00.*no answer/);
});

test("a warm-up that is aborted leaves the running engine alone", async () => {
  const { runner, publish, signals } = await setUp(0, 2000);
  const abort = new AbortController();
  const preparing = runner.prepare(engineOf(LIQUIDITY), {
    minutes: 10_000,
    older: noOlder,
    signal: abort.signal,
  });
  abort.abort(new Error("enough"));
  await expect(preparing).rejects.toThrow("enough");
  await publish("BTCUSDT", 2000, 2001);
  expect(signals("BTCUSDT").at(-1)).toHaveProperty("regime_probabilities.normal_market");
});

test("a checkpoint of the new engine follows with the next bar of each symbol", async () => {
  const { journal, runner, publish } = await setUp(0, 100);
  const next = engineOf(LIQUIDITY);
  const { takeOver } = await runner.prepare(next, { minutes: 200, older: noOlder, signal: NEVER });
  takeOver();
  await publish("BTCUSDT", 100, 101);
  expect(journal.checkpoint("BTCUSDT")?.models).toBe(next.fingerprint);
});
