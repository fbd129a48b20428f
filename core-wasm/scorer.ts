import {
  allocated,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
} from "./instance.ts";
import { type CoreBar, FEATURE_INPUTS, type HmmModel, minuteOfTime } from "./model.ts";
import { placeForest, placeHmm, placePreset } from "./place.ts";
import { ResultReader, type StepResult } from "./result.ts";

/** Longest run of missing bars that fits the core's integers. */
const MAX_SKIP = 2 ** 31 - 1;

/**
 * Live scorer: the states of many symbols for a fixed list of models, in one instance of the core.
 * All memory is allocated at the start; a bar costs one call.
 */
export class Scorer {
  readonly #core: CoreExports;
  readonly #capacity: number;
  readonly #bar: Float64Array;
  readonly #results: ResultReader;
  readonly #slots: Uint8Array;
  readonly #slotBytes: number;
  /** Offset of each model's part of a slot, bytes, and the end of the last part. */
  readonly #parts: readonly number[];
  #symbols = 0;

  private constructor(core: CoreExports, models: readonly HmmModel[], capacity: number) {
    const results = allocated(core.newEngine(models.length), "the results");
    const parts = [0];
    const read = models.map((parameters) => {
      const { features, forest, hmm } = parameters;
      const preset = placePreset(core, features);
      core.addModel(preset, placeForest(core, forest), placeHmm(core, hmm));
      parts.push(core.slotBytes());
      return { parameters, preset };
    });
    const slots = allocated(core.allocateSlots(capacity), `the states of ${capacity} symbols`);
    this.#core = core;
    this.#capacity = capacity;
    this.#slotBytes = core.slotBytes();
    this.#parts = parts;
    this.#bar = float64View(core, core.inputBar(), FEATURE_INPUTS.length);
    this.#results = new ResultReader(core, results, read);
    this.#slots = new Uint8Array(core.memory.buffer, slots, this.#slotBytes * capacity);
  }

  /**
   * Creates a scorer.
   *
   * @param wasm The core.
   * @param models The models that score every bar.
   * @param capacity Most symbols.
   * @throws RangeError when a covariance is not positive definite or memory runs out.
   */
  static create(wasm: CoreSource, models: readonly HmmModel[], capacity: number): Scorer {
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
      throw new RangeError(
        `Cannot add a symbol as the number of symbols must be below ${this.#capacity}: ` +
          `current value is ${this.#symbols}`,
      );
    }
    return this.#symbols++;
  }

  /**
   * Sets the time at which an empty slot's first bar opens: blocks of hours follow the clock.
   *
   * @param time Open time, ms UTC.
   */
  begin(slot: number, time: number): void {
    this.#check(slot);
    this.#core.begin(slot, minuteOfTime(time));
  }

  /** Adds the next minute's bar to a slot, for all models. */
  step(slot: number, bar: CoreBar): void {
    this.#check(slot);
    this.#write(bar);
    this.#core.step(slot);
  }

  /** Computes the results of {@link step} without changing the slot: a nowcast. */
  peek(slot: number, bar: CoreBar): void {
    this.#check(slot);
    this.#write(bar);
    this.#core.peek(slot);
  }

  /**
   * Skips missing bars of a slot.
   *
   * The regime is predicted minute by minute without an update, and its dwell time grows. The next
   * bar has no close one minute before it, so its momentum is 0, as at the start of a sequence. The
   * rolling windows keep the last bars, unless the gap is as long as a window: then they are
   * cleared.
   *
   * @param minutes Number of missing bars, an integer from 0.
   * @throws RangeError when `minutes` is not such an integer.
   */
  skip(slot: number, minutes: number): void {
    this.#check(slot);
    if (!Number.isInteger(minutes) || minutes < 0) {
      throw new RangeError(
        `Cannot skip bars as their number must be an integer from 0: current value is ${minutes}`,
      );
    }
    if (minutes > 0) this.#core.skip(slot, Math.min(minutes, MAX_SKIP));
  }

  /**
   * A model's output for the bar of the last {@link step} or {@link peek}, of any slot.
   *
   * @throws RangeError when there is no such model.
   */
  result(model: number): StepResult {
    return this.#results.read(model);
  }

  /** Clears a slot. */
  reset(slot: number): void {
    this.#state(slot).fill(0);
  }

  /** A slot's exact state for all models, for a scorer with the same models. */
  exportState(slot: number): Uint8Array {
    return this.#state(slot).slice();
  }

  /**
   * Restores a state of {@link exportState} in a slot.
   *
   * @throws RangeError when its length differs from this scorer's states.
   */
  importState(slot: number, bytes: Uint8Array): void {
    const state = this.#state(slot);
    if (bytes.length !== state.length) {
      throw new RangeError(
        `Cannot import a state as its length must be ${state.length} bytes with these models: ` +
          `current value is ${bytes.length}`,
      );
    }
    state.set(bytes);
  }

  /** Copies a model's state of a slot from another scorer that runs the same model. */
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

  /** Writes a bar's {@link FEATURE_INPUTS}; a loop over the names would be slower. */
  #write({ open, high, low, close, volume }: CoreBar): void {
    this.#bar[0] = open;
    this.#bar[1] = high;
    this.#bar[2] = low;
    this.#bar[3] = close;
    this.#bar[4] = volume;
  }

  #check(slot: number): void {
    if (!(Number.isInteger(slot) && slot >= 0 && slot < this.#symbols)) {
      throw new RangeError(
        `Cannot use a slot as it must be below the number of symbols, ${this.#symbols}: ` +
          `current value is ${slot}`,
      );
    }
  }
}
