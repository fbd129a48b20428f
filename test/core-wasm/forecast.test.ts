import fc from "fast-check";
import { expect, test } from "vitest";
import {
  computeForecastInputs,
  type ForecastBars,
  forecastRows,
  historyBars,
  HORIZONS,
  QUANTILE_LEVELS,
  Scorer,
  type VolatilityResult,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { type Hole, syntheticBars } from "../reference/synthetic_bars.ts";
import {
  barAt,
  missingBefore,
  stepBars,
  volatilityModel,
  volatilityResult,
} from "./forecast_support.ts";
import { openForecast } from "./open_forecast.ts";
import { TOY_MODEL } from "./support.ts";
import { TOY_FORECAST } from "./toy_forecast.ts";

const START = Date.UTC(2024, 5, 7, 21, 13);
const MINUTE_MS = 60_000;
const COUNT = 2_200;
const SYMBOL = "TESTUSDT";

/** Short holes, one across an hour, one that ends the sequence or not. */
const HOLES = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: COUNT - 1 }),
    fc.constantFrom(1, 2, 14, 15, 59, 60, 64, 1_440),
  ),
  { maxLength: 4 },
);

function makeBars(seed: number, holes: readonly Hole[] = []): ForecastBars {
  return syntheticBars(seed, START, COUNT, holes);
}

function run(bars: ForecastBars): VolatilityResult[] {
  return [...stepBars(openForecast(TOY_FORECAST, SYMBOL), 0, bars)];
}

function at<T>(values: readonly T[], index: number): T {
  const value = values.at(index);
  if (value === undefined) throw new Error(`no element ${index}`);
  return value;
}

test("a state exported at any bar goes on with the same bits in another scorer", () => {
  fc.assert(
    fc.property(fc.nat(99), HOLES, fc.integer({ min: 1, max: COUNT }), (seed, holes, split) => {
      const bars = makeBars(seed, holes);
      const first = openForecast(TOY_FORECAST, SYMBOL);
      const before = [...stepBars(first, 0, bars, 0, split)];
      const second = openForecast(TOY_FORECAST, SYMBOL);
      second.importState(0, first.exportState(0));
      const after = [...stepBars(second, 0, bars, split)];
      expect([...before, ...after]).toEqual(run(bars));
    }),
    { numRuns: 6 },
  );
});

test("a peek equals the step and leaves the state untouched", () => {
  const bars = makeBars(3, [[700, 20], [1_800, 3]]);
  const scorer = openForecast(TOY_FORECAST, SYMBOL);
  scorer.begin(0, START);
  for (let bar = 0; bar < COUNT; bar++) {
    scorer.skip(0, missingBefore(bars, bar));
    const state = scorer.exportState(0);
    scorer.peek(0, barAt(bars, (bar * 7) % COUNT));
    scorer.peek(0, barAt(bars, bar));
    const peeked = volatilityResult(scorer);
    if (bar % 50 === 0) expect(scorer.exportState(0)).toEqual(state);
    scorer.step(0, barAt(bars, bar));
    if (bar % 50 === 0) expect(volatilityResult(scorer)).toEqual(peeked);
  }
  expect(volatilityResult(scorer)).toEqual(at(run(bars), -1));
});

test("many symbols and both kinds of model in one instance equal an instance for each", () => {
  const models = [TOY_MODEL, volatilityModel(TOY_FORECAST)];
  const symbols = [SYMBOL, "OTHERUSDT", undefined];
  const markets = symbols.map((_, i) => makeBars(i, [[500 + i, 30 * i + 1]]));
  const whole = Scorer.create(loadCore(), models, symbols.length);
  const alone = symbols.map(() => Scorer.create(loadCore(), models, 1));
  for (const [i, symbol] of symbols.entries()) {
    for (const [scorer, slot] of [[whole, whole.addSymbol(symbol)], [at(alone, i), 0]] as const) {
      if (scorer !== whole) scorer.addSymbol(symbol);
      scorer.begin(slot, START);
    }
  }
  for (let bar = 0; bar < COUNT; bar++) {
    for (const [i, bars] of markets.entries()) {
      for (const [scorer, slot] of [[whole, i], [at(alone, i), 0]] as const) {
        scorer.skip(slot, missingBefore(bars, bar));
        scorer.step(slot, barAt(bars, bar));
      }
      if (bar % 10 > 0) continue;
      expect([whole.result(0), whole.result(1)])
        .toEqual([at(alone, i).result(0), at(alone, i).result(1)]);
    }
  }
  expect(volatilityResult(whole, 1).basis).toBe("week");
});

test("inputs and rows of a whole history are the live scorer's, bit for bit", () => {
  const bars = syntheticBars(8, START, 6_000, [[100, 1], [2_000, 75], [4_000, 1_441]]);
  const rows = forecastRows(loadCore(), TOY_FORECAST, bars, SYMBOL);
  const inputs = computeForecastInputs(loadCore(), bars);
  expect(rows.count).toBe(6_000);
  for (const [i, result] of [...stepBars(openForecast(TOY_FORECAST, SYMBOL), 0, bars)].entries()) {
    const { features, horizons, posterior, week, state, shockScore, isShock, have } = result;
    expect(Array.from(inputs.inputs.subarray(15 * i, 15 * i + 15))).toEqual(features);
    expect([rows.weekLevel[i], inputs.shock[i], rows.shock[i], rows.isShock[i]])
      .toEqual([result.weekLevel, shockScore, shockScore, Number(isShock)]);
    expect([inputs.have[i], Math.min(rows.have[i] ?? NaN, 300)]).toEqual([rows.have[i], have]);
    for (const [k, h] of HORIZONS.entries()) {
      const { f, a } = rows.horizons[h];
      expect([f[i], a[i]]).toEqual([horizons[k]?.location, horizons[k]?.scale]);
    }
    for (const [label, regime] of [[rows.absolute, result], [rows.week, week]] as const) {
      expect(Array.from(label.posterior.subarray(3 * i, 3 * i + 3))).toEqual(regime.posterior);
      expect([label.state[i], (label.minutes[i] ?? NaN) + 1])
        .toEqual([regime.state, regime.barsInState]);
    }
    expect(rows.absolute.change[i]).toBe(result.change);
    expect(state === 255).toBe(posterior.every(Number.isNaN));
  }
});

test("a hole in pieces equals a hole at once", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 4 }), (pieces) => {
      const bars = makeBars(2);
      const [one, two] = [0, 1].map(() => openForecast(TOY_FORECAST, SYMBOL));
      if (one === undefined || two === undefined) throw new Error("no scorers");
      for (const scorer of [one, two]) [...stepBars(scorer, 0, bars, 0, 1_900)];
      one.skip(0, pieces.reduce((sum, minutes) => sum + minutes, 0));
      for (const minutes of pieces) two.skip(0, minutes);
      expect([...stepBars(one, 0, bars, 1_900)]).toEqual([...stepBars(two, 0, bars, 1_900)]);
    }),
    { numRuns: 15 },
  );
});

test("a sequence survives a hole of 1,440 minutes and a longer one begins another", () => {
  const after = (minutes: number) => run(makeBars(4, [[2_000, minutes]])).slice(2_000);
  expect(at(after(1_440), 0)).toMatchObject({ have: 300 });
  const fresh = openForecast(TOY_FORECAST, SYMBOL);
  const bars = makeBars(4, [[2_000, 1_441]]);
  fresh.begin(0, START + 2_000 * MINUTE_MS);
  const anew = after(1_441);
  expect(anew).toEqual([...stepBars(fresh, 0, bars, 2_000)]);
  expect(anew.map(({ have }) => have)).toEqual(anew.map((_, i) => i + 1));
});

test("a missing minute changes no average, and the label's minutes go on", () => {
  const bars = makeBars(6);
  const scorer = openForecast(TOY_FORECAST, SYMBOL);
  const before = at([...stepBars(scorer, 0, bars, 0, 2_000)], -1);
  const flat = { ...barAt(bars, 1_999), open: 1, high: 1, low: 1, close: 1, volume: 0 };
  scorer.skip(0, 7);
  scorer.step(0, flat);
  const later = volatilityResult(scorer);
  expect(later.state).toBe(before.state);
  expect(later.barsInState).toBe(before.barsInState + 8);
  expect(later.shockScore).toBe(0);
});

test("the first label is the most probable one, and another takes over by a lead of 0.2", () => {
  let [changes, label] = [0, -1];
  for (const { state, posterior, have, barsInState } of run(makeBars(1))) {
    if (have < 300) {
      expect(state).toBe(255);
      continue;
    }
    expect(posterior.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
    const best = posterior.indexOf(Math.max(...posterior));
    const lead = (posterior[best] ?? NaN) - (posterior[label] ?? -1);
    if (state !== label) {
      expect(state).toBe(best);
      expect(lead).toBeGreaterThan(0.2);
      expect(barsInState).toBe(1);
      changes++;
    } else if (state !== best) expect(lead).toBeLessThanOrEqual(0.2);
    label = state;
  }
  expect(changes).toBeGreaterThan(2);
});

test("quantiles ascend, and their middle is that of the error's distribution", () => {
  for (const { horizons } of run(makeBars(5))) {
    for (const { location, quantiles } of horizons) {
      expect(quantiles).toHaveLength(QUANTILE_LEVELS.length);
      expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
      expect(quantiles[3]).toBeCloseTo(Math.max(0, Math.exp(location) - 0.1), 9);
    }
  }
});

test("contributions sum to the forecast less its average of the bars before", () => {
  const weight = 1 - 2 ** (-1 / 5_040);
  let [average, count] = [0, 0];
  for (const { contributions, horizons } of run(makeBars(7, [[900, 5]]))) {
    const f = horizons[0]?.location ?? NaN;
    const sum = contributions.reduce((total, part) => total + part);
    expect(sum).toBeCloseTo(count === 0 ? 0 : f - average, 10);
    count++;
    average += Math.max(weight, 1 / count) * (f - average);
  }
});

test("a market that stands still has finite numbers", () => {
  const still = new Float64Array(COUNT).fill(100);
  const times = Float64Array.from(still, (_, i) => START + i * MINUTE_MS);
  const bars = { times, open: still, close: still, volume: new Float64Array(COUNT) };
  const { features, horizons, posterior, change, contributions, isShock } = at(run(bars), -1);
  const quantiles = horizons.flatMap(({ quantiles }) => quantiles);
  const numbers = [...features, ...quantiles, ...posterior, change, ...contributions];
  expect(numbers.filter((x) => !Number.isFinite(x))).toEqual([]);
  expect(posterior[0]).toBeGreaterThan(0.9);
  expect(isShock).toBe(false);
});

test("a large move is a shock, and alarms raise the threshold", () => {
  const bars = makeBars(9);
  const scorer = openForecast(TOY_FORECAST, SYMBOL);
  [...stepBars(scorer, 0, bars, 0, 1_000)];
  const { open, close, volume } = barAt(bars, 1_000);
  const jump = { open, high: 2 * open, low: Math.min(open, close), close: 2 * open, volume };
  scorer.step(0, jump);
  const { shockScore, isShock } = volatilityResult(scorer);
  expect(isShock).toBe(true);
  expect(shockScore).toBeGreaterThan(100);
});

test("a state takes at most 5 KB", () => {
  expect(openForecast(TOY_FORECAST).exportState(0).length).toBeLessThanOrEqual(5_000);
});

test("a history of eight days gives nearly the forecast of an unbroken run", () => {
  const features = { preset: "volatility" } as const;
  const count = 3 * historyBars(features);
  const { times, open, close, volume } = syntheticBars(11, START, count);
  const from = count - historyBars(features);
  const late = {
    times: times.subarray(from),
    open: open.subarray(from),
    close: close.subarray(from),
    volume: volume.subarray(from),
  };
  const whole = forecastRows(loadCore(), TOY_FORECAST, { times, open, close, volume }, SYMBOL);
  const part = forecastRows(loadCore(), TOY_FORECAST, late, SYMBOL);
  for (const h of HORIZONS) {
    const [one = NaN, two = NaN] = [part, whole].map(({ horizons }) => horizons[h].f.at(-1));
    expect(Math.abs(one - two)).toBeLessThan(0.02);
  }
});

test("bars out of order and lists of a wrong length are refused with their value", () => {
  const bars = makeBars(1);
  const times = bars.times.with(5, START);
  expect(() => computeForecastInputs(loadCore(), { ...bars, times })).toThrow(
    `Cannot forecast bar 5 as its minute must be later than the one before: current value is ${START}`,
  );
  const horizon = TOY_FORECAST.horizons["15"];
  const wrong = (change: Partial<typeof horizon>) => () =>
    openForecast({
      ...TOY_FORECAST,
      horizons: { ...TOY_FORECAST.horizons, "15": { ...horizon, ...change } },
    });
  expect(wrong({ coef: { ...horizon.coef, season: [1] } })).toThrow(
    "Cannot use coef.season as its length must be 31: current value is 1",
  );
  expect(wrong({ z_quantiles: [0] })).toThrow("must be 2 or more: current value is 1");
});
