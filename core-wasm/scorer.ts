import {
  allocated,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
  toArray,
} from "./instance.ts";
import {
  BAR_COLUMNS,
  type CoreBar,
  type CoreModel,
  FEATURE_NAMES,
  MAX_DIMS,
  minuteOfTime,
} from "./model.ts";
import { placeForest, placeHmm, placePreset } from "./place.ts";

/** What one model says of one bar. */
export interface StepResult {
  /** Raw features, in the preset's order. */
  readonly features: readonly number[];
  /** The same as the model sees them. */
  readonly normalized: readonly number[];
  /** scikit-learn's `score_samples`, -1 (anomalous) to 0. */
  readonly anomalyScore: number;
  /** `anomalyScore` below the forest's offset. */
  readonly isAnomaly: boolean;
  /** Filtered posterior P(s_t | x_1..x_t). */
  readonly posterior: readonly number[];
  /** Most probable state; the first of equals. */
  readonly state: number;
  /** Bars since that state became the most probable one, this one included. */
  readonly barsInState: number;
  /** ln p(x_t | x_1..x_t-1), nats. */
  readonly logLikelihood: number;
}

/** Longest run of missing bars, so that it fits the core's integers. */
const MAX_SKIP = 2 ** 31 - 1;

/** Places of a result's fields, in f64: see `Result` in assembly/engine.ts. */
const SCORE = 0;
const ANOMALY = 1;
const STATE = 2;
const BARS = 3;
const LOG_LIKELIHOOD = 4;
const FEATURES = 5;
const NORMALIZED = FEATURES + MAX_DIMS;
const POSTERIOR = NORMALIZED + MAX_DIMS;

/**
 * Live scorer: many symbols' states for a fixed list of models in one instance of the core. All
 * memory is taken at the start; a bar costs one call.
 */
export class Scorer {
  readonly #core: CoreExports;
  readonly #models: readonly CoreModel[];
  readonly #capacity: number;
  readonly #bar: Float64Array;
  readonly #results: Float64Array;
  readonly #resultLength: number;
  readonly #slots: Uint8Array;
  readonly #slotBytes: number;
  /** Where each model's part of a slot begins, bytes; at the end, where the last one ends. */
  readonly #parts: readonly number[];
  #symbols = 0;

  private constructor(core: CoreExports, models: readonly CoreModel[], capacity: number) {
    const results = allocated(core.newEngine(models.length), "the results");
    const parts = [0];
    for (const { features, forest, hmm } of models) {
      core.addModel(
        placePreset(core, features),
        placeForest(core, forest),
        placeHmm(core, hmm),
      );
      parts.push(core.slotBytes());
    }
    const slots = allocated(core.openSlots(capacity), `the states of ${capacity} symbols`);
    this.#core = core;
    this.#models = models;
    this.#capacity = capacity;
    this.#resultLength = core.resultBytes() / 8;
    this.#slotBytes = core.slotBytes();
    this.#parts = parts;
    this.#bar = float64View(core, core.nextBar(), BAR_COLUMNS);
    this.#results = new Float64Array(
      core.memory.buffer,
      results,
      this.#resultLength * models.length,
    );
    this.#slots = new Uint8Array(core.memory.buffer, slots, this.#slotBytes * capacity);
  }

  /**
   * Makes a scorer.
   *
   * @param wasm The core.
   * @param models What every bar is scored with.
   * @param capacity Most symbols it will hold.
   * @throws RangeError when a covariance is not positive definite or memory runs out.
   */
  static create(wasm: CoreSource, models: readonly CoreModel[], capacity: number): Scorer {
    return new Scorer(instantiateCore(wasm), models, capacity);
  }

  /**
   * Adds a symbol.
   *
   * @returns Its slot.
   * @throws RangeError when the scorer is full.
   */
  addSymbol(): number {
    if (this.#symbols === this.#capacity) {
      throw new RangeError(`Cannot add a symbol: the scorer holds at most ${this.#capacity}`);
    }
    return this.#symbols++;
  }

  /**
   * Tells an empty slot when its first bar opens: windows of hours follow the clock.
   *
   * @param time Open time, ms UTC.
   */
  begin(slot: number, time: number): void {
    this.#check(slot);
    this.#core.begin(slot, minuteOfTime(time));
  }

  /** Takes the next minute's bar into a slot, for all models. */
  step(slot: number, bar: CoreBar): void {
    this.#check(slot);
    this.#write(bar);
    this.#core.step(slot);
  }

  /** Computes what {@link step} would, and leaves the slot as it is: a nowcast. */
  peek(slot: number, bar: CoreBar): void {
    this.#check(slot);
    this.#write(bar);
    this.#core.peek(slot);
  }

  /**
   * Tells a slot that bars are missing.
   *
   * The regime is predicted minute by minute without an update, and its dwell time goes on. The
   * next bar has no close one minute before it, so its momentum is 0, as at the start of a
   * sequence. The rolling windows keep the last bars seen, unless the hole is as long as a window:
   * then they start empty.
   *
   * @param minutes Number of missing bars, an integer from 0.
   */
  skip(slot: number, minutes: number): void {
    this.#check(slot);
    if (!Number.isInteger(minutes) || minutes < 0) {
      throw new RangeError(
        `Cannot skip ${minutes} minutes: the number must be an integer from 0`,
      );
    }
    if (minutes > 0) this.#core.skip(slot, Math.min(minutes, MAX_SKIP));
  }

  /** What a model says of the bar of the last {@link step} or {@link peek}, of any slot. */
  result(model: number): StepResult {
    const parameters = this.#models[model];
    if (parameters === undefined) {
      throw new RangeError(
        `Cannot read model ${model}: there are models 0 to ${this.#models.length - 1}`,
      );
    }
    const at = model * this.#resultLength;
    const result = this.#results.subarray(at, at + this.#resultLength);
    const dims = FEATURE_NAMES[parameters.features.preset].length;
    const states = parameters.hmm.startprob.length;
    return {
      features: toArray(result.subarray(FEATURES, FEATURES + dims)),
      normalized: toArray(result.subarray(NORMALIZED, NORMALIZED + dims)),
      anomalyScore: result[SCORE] ?? NaN,
      isAnomaly: result[ANOMALY] === 1,
      posterior: toArray(result.subarray(POSTERIOR, POSTERIOR + states)),
      state: result[STATE] ?? NaN,
      barsInState: result[BARS] ?? NaN,
      logLikelihood: result[LOG_LIKELIHOOD] ?? NaN,
    };
  }

  /** Forgets all bars of a slot. */
  reset(slot: number): void {
    this.#state(slot).fill(0);
  }

  /** A slot's exact state for all models; good for a scorer with the same models. */
  exportState(slot: number): Uint8Array {
    return this.#state(slot).slice();
  }

  /**
   * Puts a state of {@link exportState} into a slot.
   *
   * @throws RangeError when the length is not that of this scorer's states.
   */
  importState(slot: number, bytes: Uint8Array): void {
    const state = this.#state(slot);
    if (bytes.length !== state.length) {
      throw new RangeError(
        `Cannot import a state of ${bytes.length} bytes: these models have ${state.length}`,
      );
    }
    state.set(bytes);
  }

  /** Copies the state of a model from another scorer that runs the same one. */
  copyState(slot: number, model: number, from: Scorer, fromSlot: number, fromModel: number): void {
    this.#part(slot, model).set(from.#part(fromSlot, fromModel));
  }

  #part(slot: number, model: number): Uint8Array {
    return this.#state(slot).subarray(this.#parts[model], this.#parts[model + 1]);
  }

  #state(slot: number): Uint8Array {
    this.#check(slot);
    return this.#slots.subarray(slot * this.#slotBytes, (slot + 1) * this.#slotBytes);
  }

  /** Writes a bar as `Bar` in assembly/bar.ts has it. */
  #write({ open, high, low, close, volume }: CoreBar): void {
    this.#bar[0] = open;
    this.#bar[1] = high;
    this.#bar[2] = low;
    this.#bar[3] = close;
    this.#bar[4] = volume;
  }

  #check(slot: number): void {
    if (!(Number.isInteger(slot) && slot >= 0 && slot < this.#symbols)) {
      throw new RangeError(`Cannot use slot ${slot}: ${this.#symbols} symbols were added`);
    }
  }
}
