/** The classic step in plain TypeScript, as a baseline for WebAssembly. */
import { type CoreBar, FEATURE_NAMES, type HmmModel } from "../../core-wasm/core.ts";

const GAMMA = 0.5772156649015329;

function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + GAMMA) - 2 * (n - 1) / n;
}

/** All trees in one set of arrays; a leaf has feature -1, and its path length as threshold. */
class PlainForest {
  readonly #feature: Int32Array;
  readonly #threshold: Float64Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #roots: Int32Array;
  readonly #scale: number;

  constructor({ trees, max_samples }: HmmModel["forest"]) {
    const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
    this.#feature = new Int32Array(nodes).fill(-1);
    this.#threshold = new Float64Array(nodes);
    this.#left = new Int32Array(nodes);
    this.#right = new Int32Array(nodes);
    this.#roots = new Int32Array(trees.length);
    this.#scale = trees.length * averagePathLength(max_samples);
    let base = 0;
    for (const [t, tree] of trees.entries()) {
      this.#roots[t] = base;
      const depths = tree.feature.map(() => 1);
      for (const [i, feature] of tree.feature.entries()) {
        const [left = -1, right = -1, depth = NaN] = [tree.left[i], tree.right[i], depths[i]];
        if (left < 0) {
          this.#threshold[base + i] = depth + averagePathLength(tree.n_samples[i] ?? NaN) - 1;
          continue;
        }
        depths[left] = depths[right] = depth + 1;
        this.#feature[base + i] = feature;
        this.#threshold[base + i] = tree.threshold[i] ?? NaN;
        this.#left[base + i] = base + left;
        this.#right[base + i] = base + right;
      }
      base += tree.feature.length;
    }
  }

  score(row: Float32Array): number {
    let sum = 0;
    for (const root of this.#roots) {
      let node = root;
      let feature = this.#feature[node] ?? -1;
      while (feature >= 0) {
        const isLeft = (row[feature] ?? NaN) <= (this.#threshold[node] ?? NaN);
        node = (isLeft ? this.#left[node] : this.#right[node]) ?? 0;
        feature = this.#feature[node] ?? -1;
      }
      sum += this.#threshold[node] ?? NaN;
    }
    return -(2 ** (-sum / this.#scale));
  }
}

/** Lower Cholesky factor, row after row. */
function factorize(covar: readonly (readonly number[])[]): Float64Array {
  const dims = covar.length;
  const factor = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covar[i]?.[j] ?? NaN;
      for (let k = 0; k < j; k++) {
        sum -= (factor[i * dims + k] ?? NaN) * (factor[j * dims + k] ?? NaN);
      }
      factor[i * dims + j] = i === j ? Math.sqrt(sum) : sum / (factor[j * dims + j] ?? NaN);
    }
  }
  return factor;
}

class PlainFilter {
  readonly #means: readonly Float64Array[];
  readonly #factors: readonly Float64Array[];
  readonly #logNorms: Float64Array;
  readonly #transmat: Float64Array;
  readonly #logs: Float64Array;
  readonly #residuals: Float64Array;
  #prior: Float64Array;
  posterior: Float64Array;

  constructor({ startprob, transmat, means, covars }: HmmModel["hmm"]) {
    this.#means = means.map((mean) => Float64Array.from(mean));
    this.#factors = covars.map(factorize);
    this.#transmat = Float64Array.from(transmat.flat());
    this.#prior = Float64Array.from(startprob);
    this.posterior = new Float64Array(startprob.length);
    this.#logs = new Float64Array(startprob.length);
    this.#residuals = new Float64Array(means[0]?.length ?? 0);
    this.#logNorms = Float64Array.from(this.#factors, (factor, k) => {
      const dims = means[k]?.length ?? NaN;
      let log = -dims / 2 * Math.log(2 * Math.PI);
      for (let i = 0; i < dims; i++) log -= Math.log(factor[i * (dims + 1)] ?? NaN);
      return log;
    });
  }

  #logDensity(k: number, row: Float64Array): number {
    const factor = this.#factors[k] ?? row;
    const mean = this.#means[k] ?? row;
    const dims = row.length;
    let log = this.#logNorms[k] ?? NaN;
    for (let i = 0; i < dims; i++) {
      let y = (row[i] ?? NaN) - (mean[i] ?? NaN);
      for (let j = 0; j < i; j++) {
        y -= (factor[i * dims + j] ?? NaN) * (this.#residuals[j] ?? NaN);
      }
      y /= factor[i * (dims + 1)] ?? NaN;
      this.#residuals[i] = y;
      log -= y * y / 2;
    }
    return log;
  }

  step(row: Float64Array): number {
    const states = this.posterior.length;
    let highest = -Infinity;
    for (let k = 0; k < states; k++) {
      const log = Math.log(this.#prior[k] ?? NaN) + this.#logDensity(k, row);
      this.#logs[k] = log;
      highest = Math.max(highest, log);
    }
    let sum = 0;
    for (let k = 0; k < states; k++) {
      const weight = Math.exp((this.#logs[k] ?? NaN) - highest);
      this.posterior[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < states; k++) this.posterior[k] = (this.posterior[k] ?? NaN) / sum;
    for (let k = 0; k < states; k++) {
      let p = 0;
      for (let j = 0; j < states; j++) {
        p += (this.posterior[j] ?? NaN) * (this.#transmat[j * states + k] ?? NaN);
      }
      this.#prior[k] = p;
    }
    return highest + Math.log(sum);
  }
}

function sumOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] ?? NaN;
  return sum;
}

/** One symbol's classic model. */
export class PlainStep {
  readonly #window: number;
  readonly #rings: readonly Float64Array[];
  readonly #volumes: Float64Array;
  readonly #forest: PlainForest;
  readonly #filter: PlainFilter;
  readonly #raw: Float64Array;
  readonly #normalized: Float64Array;
  readonly #row: Float32Array;
  #bars = 0;
  #lastClose = 0;
  score = 0;
  logLikelihood = 0;

  constructor(model: HmmModel, window: number) {
    const dims = FEATURE_NAMES.classic.length;
    this.#window = window;
    this.#rings = FEATURE_NAMES.classic.map(() => new Float64Array(window));
    this.#volumes = new Float64Array(window);
    this.#forest = new PlainForest(model.forest);
    this.#filter = new PlainFilter(model.hmm);
    this.#raw = new Float64Array(dims);
    this.#normalized = new Float64Array(dims);
    this.#row = new Float32Array(dims);
  }

  get posterior(): Float64Array {
    return this.#filter.posterior;
  }

  #zScore(ring: Float64Array, value: number, count: number): number {
    if (count < 2) return value;
    const mean = sumOf(ring, count) / count;
    let squares = 0;
    for (let i = 0; i < count; i++) squares += ((ring[i] ?? NaN) - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    return (value - mean) / (deviation > 0 ? deviation : 1);
  }

  step({ open, high, low, close, volume }: CoreBar): void {
    const place = this.#bars++ % this.#window;
    const count = Math.min(this.#bars, this.#window);
    this.#volumes[place] = volume;
    const mean = count < this.#window ? 0 : sumOf(this.#volumes, count) / count;
    this.#raw[0] = this.#lastClose > 0 ? Math.log(close / this.#lastClose) : 0;
    this.#raw[1] = (high - low) / open;
    this.#raw[2] = mean > 0 ? volume / mean : 1;
    this.#lastClose = close;
    for (const [d, ring] of this.#rings.entries()) {
      const value = this.#raw[d] ?? NaN;
      ring[place] = value;
      const z = this.#zScore(ring, value, count);
      this.#normalized[d] = z;
      this.#row[d] = z;
    }
    this.score = this.#forest.score(this.#row);
    this.logLikelihood = this.#filter.step(this.#normalized);
  }
}
