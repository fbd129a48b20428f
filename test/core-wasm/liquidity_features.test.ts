import fc from "fast-check";
import { expect, test } from "vitest";
import {
  computeFeatures,
  type CoreBar,
  filterRows,
  type LiquidityFeatures,
  Scorer,
  warmUpBars,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { flattenBars, hmmResult, randomBars, TOY_LIQUIDITY } from "./support.ts";

const FEATURES: LiquidityFeatures = {
  preset: "liquidity",
  windows: { block: 5, blocks: 6, least_blocks: 3, fast: 2, slow: 4 },
};

const STILL: CoreBar = { open: 100, high: 100, low: 100, close: 100, volume: 0 };

function features(bars: readonly CoreBar[], start = 0) {
  const { raw, normalized, dims } = computeFeatures(
    loadCore(),
    FEATURES,
    flattenBars(bars),
    [bars.length],
    [start],
  );
  const cut = (values: Float64Array) =>
    bars.map((_, t) => Array.from(values.subarray(t * dims, (t + 1) * dims)));
  return { raw: cut(raw), normalized: cut(normalized) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Exponentially weighted mean of all values; the first value has the remaining weight. */
function weighted(values: readonly number[], halfLife: number): number {
  const keep = 2 ** (-1 / halfLife);
  return values.reduce((sum, x, i) => {
    const weight = keep ** (values.length - 1 - i) * (i === 0 ? 1 : 1 - keep);
    return sum + weight * x;
  }, 0);
}

/** A feature of the last bar, by its definition, from the bars with a trade up to it. */
function rawByDefinition(traded: readonly CoreBar[], feature: 0 | 1): number {
  const { fast, slow } = FEATURES.windows;
  const last = traded.at(-1);
  if (last === undefined) return 0;
  if (feature === 1) return Math.log(last.volume * (last.high + last.low + last.close) / 3);
  const squares = traded.map(({ high, low }) => Math.log(high / low) ** 2 / (4 * Math.LN2));
  const logs = traded.map(({ open, high, low }) => Math.log((high - low) / open + 1e-5));
  const deviation = Math.sqrt(weighted(squares, fast) + 1e-10);
  return (Math.log(deviation) + weighted(logs, slow)) / 2;
}

/** The standardized feature of the last bar, by its definition. */
function byDefinition(bars: readonly CoreBar[], feature: 0 | 1): number {
  const { block, blocks, least_blocks } = FEATURES.windows;
  const raw = bars.map((_, t) =>
    rawByDefinition(bars.slice(0, t + 1).filter(({ volume }) => volume > 0), feature)
  );
  const means = Array.from({ length: Math.floor((bars.length - 1) / block) }, (_, i) => {
    const [from, to] = [i * block, (i + 1) * block];
    return mean(raw.slice(from, to).filter((_, t) => (bars[from + t]?.volume ?? 0) > 0));
  }).filter((value) => !Number.isNaN(value));
  if (means.length < least_blocks) return 0;
  const prior = means.slice(-blocks);
  const location = mean(prior);
  const scale = Math.sqrt(mean(prior.map((value) => (value - location) ** 2)));
  return Math.min(10, Math.max(-10, ((raw.at(-1) ?? NaN) - location) / scale));
}

test("features equal their definition at every bar, with minutes and hours without a trade", () => {
  const bars = randomBars(120, 11).map((bar, t) =>
    t < 3 || t % 7 === 0 || (t > 60 && t < 73) ? STILL : bar
  );
  const { normalized } = features(bars);
  for (let t = 0; t < bars.length; t++) {
    for (const feature of [0, 1] as const) {
      expect(normalized[t]?.[feature]).toBeCloseTo(byDefinition(bars.slice(0, t + 1), feature), 9);
    }
  }
});

test("a later bar changes no earlier row", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 99 }), (seed, at) => {
      const bars = randomBars(100, seed);
      const changed = bars.map((bar, t) =>
        t < at ? bar : { ...bar, volume: 1e6, high: bar.high * 2 }
      );
      expect(features(changed).normalized.slice(0, at)).toEqual(
        features(bars).normalized.slice(0, at),
      );
    }),
    { numRuns: 50 },
  );
});

test("an outlier in a week of blocks hardly changes the standardization", () => {
  const week: LiquidityFeatures = {
    preset: "liquidity",
    windows: { block: 240, blocks: 42, least_blocks: 18, fast: 5, slow: 30 },
  };
  // Ten times as volatile by day as by night.
  const bars = randomBars(9_000, 5).map((bar, t) => ({
    ...bar,
    high: bar.high * (1 + 0.01 * Math.exp(1.2 * Math.sin(2 * Math.PI * t / 1440))),
  }));
  const outlier = bars.map((bar, t) => t === 4_000 ? { ...bar, high: bar.high * 2 } : bar);
  const [clean = NaN, affected = NaN] = [bars, outlier].map((some) =>
    computeFeatures(loadCore(), week, flattenBars(some), [some.length], [0]).normalized.at(-2) ??
      NaN
  );
  expect(affected).not.toBe(clean);
  expect(Math.abs(affected - clean)).toBeLessThan(0.1);
});

test("blocks that differ only by rounding have scale 1", () => {
  const flat = { open: 100, high: 101, low: 99, close: 100, volume: 3 };
  const { normalized } = features([...Array(40).fill(flat), { ...flat, high: 103 }]);
  const [before = NaN, after = NaN] = [normalized.at(-2)?.[0], normalized.at(-1)?.[0]];
  expect(Math.abs(before)).toBeLessThan(1e-6);
  expect(after).toBeGreaterThan(0);
  expect(after).toBeLessThan(1);
});

test("bars without range or trades give finite numbers", () => {
  const flat = { ...STILL, volume: 5 };
  for (const rest of [STILL, flat]) {
    const bars = [...randomBars(40, 3), ...Array(40).fill(rest)];
    for (const row of features(bars).normalized) {
      for (const value of row) expect(Number.isFinite(value)).toBe(true);
    }
  }
  for (const bars of [Array(80).fill(STILL), Array(80).fill(flat)]) {
    for (const row of features(bars).normalized) {
      for (const value of row) expect(Number.isFinite(value)).toBe(true);
    }
  }
});

test("during warm-up the posterior is the initial distribution; then it equals the batch", () => {
  const bars = randomBars(90, 21).map((bar) => ({ ...bar, volume: bar.volume + 1 }));
  const scorer = Scorer.create(loadCore(), [TOY_LIQUIDITY], 1);
  const slot = scorer.addSymbol();
  const warmUp = warmUpBars(FEATURES);
  const results = bars.map((bar) => {
    scorer.step(slot, bar);
    return hmmResult(scorer, 0);
  });
  for (const result of results.slice(0, warmUp)) {
    expect(result).toMatchObject({ posterior: [0.3, 0.7], isAnomaly: false, logLikelihood: 0 });
  }
  const visible = features(bars).normalized.slice(warmUp);
  const { posteriors, logLikelihoods } = filterRows(
    loadCore(),
    TOY_LIQUIDITY.hmm,
    Float64Array.from(visible.flat()),
    [visible.length],
  );
  expect(results.slice(warmUp).flatMap((result) => result.posterior)).toEqual([...posteriors]);
  expect(results.slice(warmUp).map((result) => result.logLikelihood)).toEqual([...logLikelihoods]);
});

test("minutes without a trade are predicted without an update", () => {
  const scorer = Scorer.create(loadCore(), [TOY_LIQUIDITY], 1);
  const slot = scorer.addSymbol();
  for (const bar of randomBars(60, 4)) scorer.step(slot, bar);
  let before = hmmResult(scorer, 0);
  for (let t = 0; t < 40; t++) {
    scorer.step(slot, STILL);
    const result = hmmResult(scorer, 0);
    const [stable = NaN, crisis = NaN] = before.posterior;
    expect(result.posterior[0]).toBeCloseTo(0.9 * stable + 0.2 * crisis, 12);
    expect(result).toMatchObject({ logLikelihood: 0, isAnomaly: false, features: before.features });
    before = result;
  }
  expect(before.posterior[0]).toBeCloseTo(2 / 3, 5);
});

test("a gap as long as the prior window restarts the warm-up", () => {
  const scorer = Scorer.create(loadCore(), [TOY_LIQUIDITY], 1);
  const slot = scorer.addSymbol();
  for (const bar of randomBars(60, 4)) scorer.step(slot, bar);
  const [next] = randomBars(1, 9);
  if (next === undefined) throw new RangeError("no bar");
  scorer.skip(slot, 29);
  scorer.peek(slot, next);
  expect(hmmResult(scorer, 0).normalized).not.toEqual([0, 0]);
  scorer.skip(slot, 30);
  scorer.peek(slot, next);
  expect(hmmResult(scorer, 0).normalized).toEqual([0, 0]);
});

test("features do not depend on the start of the history, once the window has passed", () => {
  const bars = randomBars(400, 8);
  const start = Date.UTC(2025, 0, 1, 0, 3);
  const all = features(bars, start).normalized;
  for (const late of [1, 4, 7, 23]) {
    const rest = features(bars.slice(late), start + late * 60_000).normalized;
    for (let t = 200; t < 400; t++) {
      for (const [d, value] of (all[t] ?? []).entries()) {
        expect(rest[t - late]?.[d]).toBeCloseTo(value, 9);
      }
    }
  }
});

test("a gap does not shift the blocks", () => {
  const bars = randomBars(400, 9);
  const whole = Scorer.create(loadCore(), [TOY_LIQUIDITY], 2);
  const gapped = Scorer.create(loadCore(), [TOY_LIQUIDITY], 2);
  for (const scorer of [whole, gapped]) scorer.begin(scorer.addSymbol(), Date.UTC(2025, 0, 1));
  for (const [t, bar] of bars.entries()) {
    whole.step(0, bar);
    if (t === 103) gapped.skip(0, 7);
    if (t < 103 || t >= 110) gapped.step(0, bar);
  }
  const [expected, found] = [hmmResult(whole, 0).normalized, hmmResult(gapped, 0).normalized];
  for (const [d, value] of expected.entries()) expect(found[d]).toBeCloseTo(value, 9);
});
