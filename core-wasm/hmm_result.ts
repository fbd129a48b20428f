import { type CoreExports, float64View, toArray } from "./instance.ts";
import { FEATURE_NAMES, type HmmModel } from "./model.ts";
import type { ResultReader } from "./result.ts";

/** Output of a model with a forest and an HMM for one bar. */
export interface HmmResult {
  readonly kind: "hmm";
  /** Bars of the model's windows that the state has, at most `need`. */
  readonly have: number;
  /** Bars that the windows need: with fewer, the other numbers mean nothing yet. */
  readonly need: number;
  /** Raw features, in the preset's order. */
  readonly features: readonly number[];
  /** Whether the bars that each raw feature needs are there; otherwise it is a placeholder. */
  readonly defined: readonly boolean[];
  /** Normalized features, the model's input. */
  readonly normalized: readonly number[];
  /** scikit-learn's `score_samples`, -1 (anomalous) to 0. */
  readonly anomalyScore: number;
  /** Whether `anomalyScore` is below the forest's offset. */
  readonly isAnomaly: boolean;
  /** Filtered posterior P(s_t | x_1..x_t). */
  readonly posterior: readonly number[];
  /** Most probable state; ties go to the first. */
  readonly state: number;
  /** Bars since that state became the most probable one, this one included. */
  readonly barsInState: number;
  /** ln p(x_t | x_1..x_t-1), nats. */
  readonly logLikelihood: number;
}

/** Reads an {@link HmmResult}, by the layout that the core exports. */
export class HmmResultReader implements ResultReader {
  readonly #score: number;
  readonly #anomaly: number;
  readonly #state: number;
  readonly #bars: number;
  readonly #logLikelihood: number;
  readonly #have: number;
  readonly #need: number;
  /** Bars that each raw feature needs. */
  readonly #featureBars: readonly number[];
  readonly #raw: Float64Array;
  readonly #normalized: Float64Array;
  readonly #posterior: Float64Array;
  readonly #result: Float64Array;

  /** @param address Address of the result. */
  constructor(core: CoreExports, address: number, { features, hmm }: HmmModel) {
    const names = FEATURE_NAMES[features.preset];
    const window = features.windows.rolling;
    const part = (start: number, length: number) => float64View(core, address + start * 8, length);
    this.#score = core.RESULT_SCORE.value;
    this.#anomaly = core.RESULT_ANOMALY.value;
    this.#state = core.RESULT_STATE.value;
    this.#bars = core.RESULT_BARS.value;
    this.#logLikelihood = core.RESULT_LOG_LIKELIHOOD.value;
    this.#have = core.RESULT_HAVE.value;
    this.#need = window;
    this.#featureBars = names.map((_, feature) => core.classicFeatureBars(feature, window));
    this.#raw = part(core.RESULT_RAW.value, names.length);
    this.#normalized = part(core.RESULT_NORMALIZED.value, names.length);
    this.#posterior = part(core.RESULT_POSTERIOR.value, hmm.startprob.length);
    this.#result = part(0, core.RESULT_LENGTH.value);
  }

  read(): HmmResult {
    const result = this.#result;
    const have = result[this.#have] ?? NaN;
    return {
      kind: "hmm",
      have,
      need: this.#need,
      defined: this.#featureBars.map((bars) => have >= bars),
      features: toArray(this.#raw),
      normalized: toArray(this.#normalized),
      anomalyScore: result[this.#score] ?? NaN,
      isAnomaly: result[this.#anomaly] === 1,
      posterior: toArray(this.#posterior),
      state: result[this.#state] ?? NaN,
      barsInState: result[this.#bars] ?? NaN,
      logLikelihood: result[this.#logLikelihood] ?? NaN,
    };
  }
}
