import fc from "fast-check";
import { expect, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import { isReady, primaryOutput, type Signal } from "../../../data/schema/signal.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { randomBars } from "../../core-wasm/support.ts";
import { quickVolatility } from "../../support/quick_volatility.ts";
import { makeBar, makeWarmingOutput, makeWarmingVolatility } from "../../support/records.ts";

const MODELS = [
  ...loadModels({ models: ["models/classic.json"], expected: {} }),
  quickVolatility(),
];
const [CLASSIC_BARS, VOLATILITY_BARS] = [20, 300];
/** More than the classic model remembers. */
const LONG = 3000;

function openEngine(models = MODELS): Engine {
  return new Engine(loadCore(), models, ["BTCUSDT"]);
}

/** A market in which every minute has a trade. */
function bars(count: number, seed = 1): readonly Bar[] {
  return randomBars(count, seed).map(({ open, high, low, close, volume }, i) => ({
    ...makeBar(i),
    ...{ open, high, low, close, volume: volume + 1 },
  }));
}

const volatilityOf = (signal: Signal | undefined) => signal?.models["volatility"];

test("without a past, models say nothing but how far they are, until exactly the bars they need", () => {
  const engine = openEngine();
  for (const [i, bar] of bars(400).entries()) {
    const nowcast = engine.nowcast(bar);
    const signal = engine.push(bar);
    expect(nowcast).toEqual({ ...signal, final: false });
    const outputs = [
      { output: primaryOutput(signal), need: CLASSIC_BARS, warming: makeWarmingOutput },
      { output: volatilityOf(signal), need: VOLATILITY_BARS, warming: makeWarmingVolatility },
    ];
    for (const { output, need, warming } of outputs) {
      if (i + 1 >= need) {
        expect(output).not.toHaveProperty("have");
        expect(output && isReady(output)).toBe(true);
      } else {
        expect(output).toEqual(warming(i + 1, need));
      }
    }
    const { features, normalized, anomaly_score, is_anomaly, ready } = signal;
    expect([anomaly_score, is_anomaly].every((value) => (value !== null) === ready)).toBe(true);
    expect(Object.values(normalized).every((value) => (value !== null) === ready)).toBe(true);
    expect(Object.entries(features).filter(([, value]) => value === null).map(([name]) => name))
      .toEqual([...(i === 0 ? ["momentum"] : []), ...(ready ? [] : ["activity_ratio"])]);
  }
});

test("a market whose past is not there yet has a nowcast, which says so and changes nothing", () => {
  const engine = openEngine();
  const [late] = bars(60).slice(-1);
  expect(late && engine.nowcast(late)).toMatchObject({
    ...{ final: false, ready: false, have: 1, need: CLASSIC_BARS, regime_name: null },
    models: { volatility: { ready: false, have: 1, need: VOLATILITY_BARS, name: null } },
  });
  expect(engine.checkpoint("BTCUSDT")).toBeUndefined();
  const untouched = openEngine();
  for (const bar of bars(50)) expect(engine.push(bar)).toEqual(untouched.push(bar));
});

test("signals of the classic model are those of an engine that always ran, once the start is forgotten", () => {
  const past = bars(LONG + 700);
  const [always, fresh] = [openEngine(), openEngine()];
  for (const bar of past.slice(0, LONG)) always.advance(bar);
  for (const [i, bar] of past.slice(LONG).entries()) {
    const [one, two] = [always.push(bar), fresh.push(bar)];
    expect(one.ready).toBe(true);
    // A z-score of the classic model looks back over 20 bars, an activity ratio over 20 before them.
    if (i + 1 >= 2 * CLASSIC_BARS) {
      expect(two.features).toEqual(one.features);
      expect(two.normalized).toEqual(one.normalized);
      expect([two.anomaly_score, two.is_anomaly]).toEqual([one.anomaly_score, one.is_anomaly]);
    }
    // A filter forgets by halves; for the volatility model see volatility.test.ts.
    if (i > 600) expect(two.confidence).toBeCloseTo(one.confidence ?? NaN, 9);
  }
});

test("a checkpoint in the middle of warming up keeps what is there, to the last bit", () => {
  const past = bars(330);
  for (const split of [1, 7, 19, 20, 137, 299, 300]) {
    const [whole, first, second] = [openEngine(), openEngine(), openEngine()];
    for (const bar of past.slice(0, split)) {
      whole.advance(bar);
      first.advance(bar);
    }
    const checkpoint = first.checkpoint("BTCUSDT");
    expect(checkpoint && second.restore(checkpoint)).toBe(true);
    for (const bar of past.slice(split)) {
      expect(JSON.stringify(second.push(bar))).toBe(JSON.stringify(whole.push(bar)));
    }
  }
});

test("without a change of models, what is ready stays ready over gaps shorter than its windows", () => {
  const gap = fc.oneof(
    { weight: 20, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: CLASSIC_BARS - 1 }) },
  );
  const all = bars(500);
  fc.assert(
    fc.property(fc.array(gap, { minLength: 100, maxLength: 400 }), (gaps) => {
      const engine = openEngine();
      let minute = 0;
      let had: readonly number[] = [0, 0];
      for (const missing of gaps) {
        minute += missing;
        const signal = engine.push({ ...all[minute % 500] ?? makeBar(0), ...at(minute) });
        minute++;
        const have = [primaryOutput(signal), volatilityOf(signal)]
          .map((output) => output?.ready === true ? Infinity : output?.have ?? NaN);
        for (const [model, count] of have.entries()) {
          expect(count).toBeGreaterThanOrEqual(had[model] ?? NaN);
        }
        had = have;
      }
      expect(had[0]).toBe(Infinity);
    }),
    { numRuns: 30 },
  );
});

/** The times of a minute's bar. */
function at(minute: number) {
  const { timestamp, close_time } = makeBar(minute);
  return { timestamp, close_time };
}

test("a gap as long as the window silences the classic model again", () => {
  const engine = openEngine();
  for (const bar of bars(50)) engine.advance(bar);
  expect(engine.push(makeBar(50 + CLASSIC_BARS - 1)).ready).toBe(true);
  expect(engine.push(makeBar(200))).toMatchObject({ ready: false, have: 1, need: CLASSIC_BARS });
});

test("whichever model is the primary, the top level is its readiness", () => {
  const engine = openEngine(MODELS.toReversed());
  const signals = bars(300).map((bar) => engine.push(bar));
  expect(signals[19]).toMatchObject({ ready: false, have: 20, need: VOLATILITY_BARS });
  expect(signals[19]?.models["classic"]).toMatchObject({ ready: true });
  expect(signals[19]?.normalized).toEqual({});
  expect(signals[19]?.features).toMatchObject({ volatility_5: null, week: null });
  expect(signals.at(-1)?.ready).toBe(true);
});
