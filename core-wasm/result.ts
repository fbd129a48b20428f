import { type CoreExports, toArray } from "./instance.ts";
import { FEATURE_NAMES, type HmmModel } from "./model.ts";

/** A model's output for one bar. */
export interface StepResult {
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

/** A model whose numbers are read. */
export interface ReadModel {
  readonly parameters: HmmModel;
  /** Address of its preset. */
  readonly preset: number;
}

/** Reads results from the core's memory, by the layout that the core exports. */
export class ResultReader {
  readonly #score: number;
  readonly #anomaly: number;
  readonly #state: number;
  readonly #bars: number;
  readonly #logLikelihood: number;
  readonly #have: number;
  readonly #raw: number;
  readonly #normalized: number;
  readonly #posterior: number;
  readonly #length: number;
  readonly #results: Float64Array;
  readonly #models: readonly {
    readonly dims: number;
    readonly states: number;
    /** Bars that the windows need. */
    readonly need: number;
    /** Bars that each raw feature needs. */
    readonly featureBars: readonly number[];
  }[];

  /** @param address Address of the models' results. */
  constructor(core: CoreExports, address: number, models: readonly ReadModel[]) {
    this.#score = core.RESULT_SCORE.value;
    this.#anomaly = core.RESULT_ANOMALY.value;
    this.#state = core.RESULT_STATE.value;
    this.#bars = core.RESULT_BARS.value;
    this.#logLikelihood = core.RESULT_LOG_LIKELIHOOD.value;
    this.#have = core.RESULT_HAVE.value;
    this.#raw = core.RESULT_RAW.value;
    this.#normalized = core.RESULT_NORMALIZED.value;
    this.#posterior = core.RESULT_POSTERIOR.value;
    this.#length = core.RESULT_LENGTH.value;
    this.#results = new Float64Array(core.memory.buffer, address, this.#length * models.length);
    this.#models = models.map(({ parameters: { features, hmm }, preset }) => {
      const names = FEATURE_NAMES[features.preset];
      return {
        dims: names.length,
        states: hmm.startprob.length,
        need: core.neededBars(preset),
        featureBars: names.map((_, feature) => core.featureBars(preset, feature)),
      };
    });
  }

  /**
   * Reads the current result of a model.
   *
   * @throws RangeError when there is no such model.
   */
  read(model: number): StepResult {
    const parameters = this.#models[model];
    if (parameters === undefined) {
      throw new RangeError(
        `Cannot read a result as the model must be 0 to ${this.#models.length - 1}: ` +
          `current value is ${model}`,
      );
    }
    const result = this.#results.subarray(model * this.#length, (model + 1) * this.#length);
    const { dims, states, need, featureBars } = parameters;
    const have = result[this.#have] ?? NaN;
    return {
      have,
      need,
      defined: featureBars.map((bars) => have >= bars),
      features: toArray(result.subarray(this.#raw, this.#raw + dims)),
      normalized: toArray(result.subarray(this.#normalized, this.#normalized + dims)),
      anomalyScore: result[this.#score] ?? NaN,
      isAnomaly: result[this.#anomaly] === 1,
      posterior: toArray(result.subarray(this.#posterior, this.#posterior + states)),
      state: result[this.#state] ?? NaN,
      barsInState: result[this.#bars] ?? NaN,
      logLikelihood: result[this.#logLikelihood] ?? NaN,
    };
  }
}
