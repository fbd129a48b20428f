import fc from "fast-check";
import { expect, test } from "vitest";
import {
  blindBars,
  computeFeatures,
  type CoreBar,
  type CoreModel,
  filterRows,
  type LiquidityFeatures,
  Scorer,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { flattenBars, randomBars } from "./support.ts";

const FEATURES: LiquidityFeatures = {
  preset: "liquidity",
  windows: { block: 5, blocks: 6, least_blocks: 3, half_life: 4 },
};

function features(bars: readonly CoreBar[]) {
  const { raw, normalized, dims } = computeFeatures(loadCore(), FEATURES, flattenBars(bars), [
    bars.length,
  ]);
  const cut = (values: Float64Array) =>
    bars.map((_, t) => Array.from(values.subarray(t * dims, (t + 1) * dims)));
  return { raw: cut(raw), normalized: cut(normalized) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

/** The definition, computed from scratch for one bar, from nothing but the bars up to it. */
function byDefinition(bars: readonly CoreBar[], feature: 0 | 1): number {
  const { block, blocks, least_blocks, half_life } = FEATURES.windows;
  const raw: number[] = [];
  for (const [t, bar] of bars.entries()) {
    const quoteVolume = bar.volume * (bar.high + bar.low + bar.close) / 3;
    const change = Math.abs(Math.log(bar.close / (bars[t - 1]?.close ?? bar.open)));
    const values = [
      Math.log((bar.high - bar.low) / bar.open + 1e-5),
      bar.volume > 0 ? Math.log(change + 1e-5) - Math.log(quoteVolume) : (raw.at(-1) ?? 0),
    ];
    raw.push(values[feature] ?? NaN);
  }
  const alpha = 1 - 2 ** (-1 / half_life);
  let smooth: number | undefined;
  for (const [t, value] of raw.entries()) {
    const full = Math.floor(t / block);
    if (full < least_blocks) continue;
    const means = Array.from(
      { length: full },
      (_, i) => raw.slice(i * block, (i + 1) * block).reduce((a, b) => a + b, 0) / block,
    ).slice(-blocks);
    const location = median(means);
    const scale = 1.4826022185056018 * median(means.map((mean) => Math.abs(mean - location)));
    const z = Math.min(10, Math.max(-10, (value - location) / scale));
    smooth = smooth === undefined ? z : smooth + alpha * (z - smooth);
  }
  return smooth ?? 0;
}

test("equals the definition, computed anew for every bar", () => {
  const bars = randomBars(120, 11);
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

test("an outlier in the prior window hardly moves the yardstick", () => {
  const bars = randomBars(60, 5);
  const outlier = bars.map((bar, t) => t === 7 ? { ...bar, high: bar.high * 1e6 } : bar);
  const [clean, spoilt] = [features(bars), features(outlier)].map(({ normalized }) =>
    normalized.at(-1)?.[0] ?? NaN
  );
  expect(Math.abs((spoilt ?? NaN) - (clean ?? NaN))).toBeLessThan(1);
});

test("bars without range or trades give finite numbers", () => {
  const still = { open: 100, high: 100, low: 100, close: 100, volume: 0 };
  for (const bars of [Array(80).fill(still), [...randomBars(40, 3), ...Array(40).fill(still)]]) {
    for (const row of features(bars).normalized) {
      for (const value of row) expect(Number.isFinite(value)).toBe(true);
    }
  }
});

const MODEL: CoreModel = {
  features: FEATURES,
  forest: {
    max_samples: 2,
    offset: -0.1,
    trees: [{ feature: [-2], threshold: [-2], left: [-1], right: [-1], n_samples: [2] }],
  },
  hmm: {
    startprob: [0.3, 0.7],
    transmat: [[0.9, 0.1], [0.2, 0.8]],
    means: [[-1, 0], [1, 0]],
    covars: [[[1, 0], [0, 1]], [[1, 0], [0, 1]]],
  },
};

test("while blind the model says only what it knows beforehand, then equals the batch", () => {
  const bars = randomBars(90, 21);
  const scorer = Scorer.create(loadCore(), [MODEL], 1);
  const slot = scorer.addSymbol();
  const blind = blindBars(FEATURES);
  const results = bars.map((bar) => {
    scorer.step(slot, bar);
    return scorer.result(0);
  });
  for (const result of results.slice(0, blind)) {
    expect(result).toMatchObject({ posterior: [0.3, 0.7], isAnomaly: false, logLikelihood: 0 });
  }
  const visible = features(bars).normalized.slice(blind);
  const { posteriors, logLikelihoods } = filterRows(
    loadCore(),
    MODEL.hmm,
    Float64Array.from(visible.flat()),
    [visible.length],
  );
  expect(results.slice(blind).flatMap((result) => result.posterior)).toEqual([...posteriors]);
  expect(results.slice(blind).map((result) => result.logLikelihood)).toEqual([...logLikelihoods]);
});

test("a hole as long as the prior window makes the model blind again", () => {
  const scorer = Scorer.create(loadCore(), [MODEL], 1);
  const slot = scorer.addSymbol();
  for (const bar of randomBars(60, 4)) scorer.step(slot, bar);
  const [next] = randomBars(1, 9);
  if (next === undefined) throw new RangeError("no bar");
  scorer.skip(slot, 29);
  scorer.peek(slot, next);
  expect(scorer.result(0).normalized).not.toEqual([0, 0]);
  scorer.skip(slot, 30);
  scorer.peek(slot, next);
  expect(scorer.result(0).normalized).toEqual([0, 0]);
});
