import type { CoreBar, CoreForest, CoreHmm, CoreModel } from "../../core-wasm/core.ts";

/** Seeded random numbers of the tests' own (mulberry32). */
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
    let left = this.uniform();
    const found = probabilities.findIndex((p) => (left -= p) < 0);
    return found < 0 ? probabilities.length - 1 : found;
  }
}

/** A random walk of sound bars. */
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

/** Bars as the batch functions take them. */
export function flattenBars(bars: readonly CoreBar[]): Float64Array {
  return Float64Array.from(bars.flatMap((b) => [b.open, b.high, b.low, b.close, b.volume]));
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
export const TOY_MODEL: CoreModel = {
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
