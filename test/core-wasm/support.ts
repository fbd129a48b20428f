import {
  type CoreBar,
  type CoreForest,
  type CoreHmm,
  FEATURE_INPUTS,
  type HmmModel,
  type HmmResult,
  type Scorer,
} from "../../core-wasm/core.ts";

/** Seeded random numbers (mulberry32), independent of the code under test. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An index drawn from a distribution. */
  pick(probabilities: readonly number[]): number {
    let rest = this.uniform();
    const found = probabilities.findIndex((p) => (rest -= p) < 0);
    return found < 0 ? probabilities.length - 1 : found;
  }
}

/** A scorer's output of a model with a forest and an HMM. */
export function hmmResult(scorer: Scorer, model: number): HmmResult {
  const result = scorer.result(model);
  if (result.kind !== "hmm") throw new TypeError(`model ${model} has no HMM`);
  return result;
}

/** A random walk of valid bars. */
export function randomBars(count: number, seed: number): CoreBar[] {
  const random = new Random(seed);
  let price = 100;
  return Array.from({ length: count }, () => {
    const open = price;
    const close = open * Math.exp(0.001 * random.normal());
    const high = Math.max(open, close) * (1 + 0.0005 * random.uniform());
    const low = Math.min(open, close) * (1 - 0.0005 * random.uniform());
    price = close;
    return { open, high, low, close, volume: random.uniform() < 0.05 ? 0 : 10 * random.uniform() };
  });
}

/** Bars in the layout of the batch functions. */
export function flattenBars(bars: readonly CoreBar[]): Float64Array {
  return Float64Array.from(bars.flatMap((bar) => FEATURE_INPUTS.map((name) => bar[name])));
}

/** A forest of two small trees over three features. */
export const TOY_FOREST: CoreForest = {
  max_samples: 8,
  offset: -0.5,
  trees: [
    {
      feature: [0, 1, -2, -2, -2],
      threshold: [0.25, -0.5, -2, -2, -2],
      left: [1, 2, -1, -1, -1],
      right: [4, 3, -1, -1, -1],
      n_samples: [8, 5, 2, 3, 3],
    },
    {
      feature: [2, -2, -2],
      threshold: [1, -2, -2],
      left: [1, -1, -1],
      right: [2, -1, -1],
      n_samples: [8, 7, 1],
    },
  ],
};

/** Three regimes in three dimensions. */
export const TOY_HMM: CoreHmm = {
  startprob: [0.2, 0.5, 0.3],
  transmat: [[0.8, 0.15, 0.05], [0.1, 0.8, 0.1], [0.05, 0.25, 0.7]],
  means: [[-1, 0.5, 0.4], [0, -0.5, -0.5], [1, 0.6, 0.3]],
  covars: [
    [[0.6, -0.2, 0], [-0.2, 1.1, 0.3], [0, 0.3, 1.2]],
    [[0.3, 0, 0], [0, 0.3, 0.1], [0, 0.1, 0.2]],
    [[0.6, 0.3, 0.1], [0.3, 1.2, 0.4], [0.1, 0.4, 1.4]],
  ],
};

/** A classic model with a window of 5 bars. */
export const TOY_MODEL: HmmModel = {
  features: { preset: "classic", windows: { rolling: 5 } },
  forest: TOY_FOREST,
  hmm: TOY_HMM,
};

/** Observations drawn from an HMM whose covariances are diagonal. */
export function sampleHmm(hmm: CoreHmm, lengths: readonly number[], seed: number) {
  const random = new Random(seed);
  const states: number[] = [];
  const rows: number[] = [];
  for (const length of lengths) {
    let state = random.pick(hmm.startprob);
    for (let t = 0; t < length; t++) {
      if (t > 0) state = random.pick(hmm.transmat[state] ?? []);
      states.push(state);
      for (const [d, mean] of (hmm.means[state] ?? []).entries()) {
        rows.push(mean + Math.sqrt(hmm.covars[state]?.[d]?.[d] ?? NaN) * random.normal());
      }
    }
  }
  return { rows: Float64Array.from(rows), states };
}

/** A distribution over `count` outcomes. */
function randomDistribution(random: Random, count: number): number[] {
  const weights = Array.from({ length: count }, () => 0.02 + random.uniform());
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Any HMM with full covariances. */
export function randomHmm(random: Random, states: number, dims: number): CoreHmm {
  const list = <T>(length: number, make: (i: number) => T) =>
    Array.from({ length }, (_, i) => make(i));
  return {
    startprob: randomDistribution(random, states),
    transmat: list(states, () => randomDistribution(random, states)),
    means: list(states, () => list(dims, () => random.normal())),
    covars: list(states, () => {
      const factor = list(dims, (i) => list(dims, (j) => j <= i ? random.normal() / 2 : 0));
      return list(
        dims,
        (i) =>
          list(
            dims,
            (j) =>
              (factor[i] ?? []).reduce((sum, x, k) => sum + x * (factor[j]?.[k] ?? NaN), 0) +
              (i === j ? 0.2 : 0),
          ),
      );
    }),
  };
}

/** Rows of normal numbers with a deviation of 1.5. */
export function randomRows(random: Random, count: number, dims: number): number[][] {
  return Array.from(
    { length: count },
    () => Array.from({ length: dims }, () => 1.5 * random.normal()),
  );
}

/** ln N(x | mean, covar), by Gaussian elimination. */
function logDensity(
  x: readonly number[],
  mean: readonly number[],
  covar: readonly (readonly number[])[],
): number {
  const lines = covar.map((line, i) => [...line, (x[i] ?? NaN) - (mean[i] ?? NaN)]);
  let log = -x.length / 2 * Math.log(2 * Math.PI);
  for (const [i, pivot] of lines.entries()) {
    const diagonal = pivot[i] ?? NaN;
    const y = pivot[x.length] ?? NaN;
    log -= Math.log(diagonal) / 2 + y * y / diagonal / 2;
    for (const line of lines.slice(i + 1)) {
      const factor = (line[i] ?? NaN) / diagonal;
      for (const [j, value] of pivot.entries()) line[j] = (line[j] ?? NaN) - factor * value;
    }
  }
  return log;
}

/** All paths of states through rows, each with ln of its joint probability with the rows. */
export function enumeratePaths(
  { startprob, transmat, means, covars }: CoreHmm,
  rows: readonly (readonly number[])[],
): { readonly path: readonly number[]; readonly log: number }[] {
  const densities = rows.map((x) => means.map((mean, k) => logDensity(x, mean, covars[k] ?? [])));
  let paths = [{ path: new Array<number>(), log: 0 }];
  for (const density of densities) {
    paths = paths.flatMap(({ path, log }) =>
      startprob.map((start, k) => {
        const before = path.at(-1);
        const p = before === undefined ? start : transmat[before]?.[k] ?? NaN;
        return { path: [...path, k], log: log + Math.log(p) + (density[k] ?? NaN) };
      })
    );
  }
  return paths;
}
