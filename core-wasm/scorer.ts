import { HmmResultReader } from "./hmm_result.ts";
import {
  allocated,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
} from "./instance.ts";
import { type CoreBar, type CoreModel, FEATURE_INPUTS, minuteOfTime } from "./model.ts";
import { placeForest, placeHmm } from "./place.ts";
import { absoluteBorders, placeForecast } from "./place_forecast.ts";
import type { ResultReader, StepResult } from "./result.ts";
import { VolatilityResultReader } from "./volatility_result.ts";

/** Longest run of missing bars that fits the core's integers. */
const MAX_SKIP = 2 ** 31 - 1;

/** Adds a model to the engine; the function that is returned opens the reader of its results. */
function addModel(core: CoreExports, model: CoreModel): () => ResultReader {
  if ("forecast" in model) {
    const results = core.addVolatilityModel(placeForecast(core, model.forecast));
    const address = allocated(results, "the results");
    return () => new VolatilityResultReader(core, address, model.forecast.need);
  }
  const hmmModel = core.newHmmModel(
    model.features.windows.rolling,
    placeForest(core, model.forest),
    placeHmm(core, model.hmm),
  );
  const address = allocated(core.addHmmModel(allocated(hmmModel, "the model")), "the results");
  return () => new HmmResultReader(core, address, model);
}

/**
 * Live scorer: the states of many symbols for a fixed list of models, in one instance of the core.
 * All memory is allocated at the start; a bar costs one call.
 */
export class Scorer {
  readonly #core: CoreExports;
  readonly #models: readonly CoreModel[];
  readonly #capacity: number;
  readonly #bar: Float64Array;
  readonly #readers: readonly ResultReader[];
  readonly #slots: Uint8Array;
  readonly #slotBytes: number;
  /** Offset of each model's part of a slot, bytes, and the end of the last part. */
  readonly #parts: readonly number[];
  #symbols = 0;

  private constructor(core: CoreExports, models: readonly CoreModel[], capacity: number) {
    allocated(core.newEngine(models.length), "the engine");
    const parts = [0];
    const readers = models.map((model) => {
      const reader = addModel(core, model);
      parts.push(core.slotBytes());
      return reader;
    });
    const slots = allocated(core.allocateSlots(capacity), `the states of ${capacity} symbols`);
    this.#core = core;
    this.#models = models;
    this.#capacity = capacity;
    this.#slotBytes = core.slotBytes();
    this.#parts = parts;
    this.#bar = float64View(core, core.inputBar(), FEATURE_INPUTS.length);
    // Memory has its final size now: earlier views would be detached.
    this.#readers = readers.map((open) => open());
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
  static create(wasm: CoreSource, models: readonly CoreModel[], capacity: number): Scorer {
    return new Scorer(instantiateCore(wasm), models, capacity);
  }

  /**
   * Adds a symbol.
   *
   * @param name The market: a volatility model has absolute borders for those of its training.
   *   Without them its labels are against the week.
   * @returns Its slot.
   * @throws RangeError when the scorer is full.
   */
  addSymbol(name?: string): number {
    if (this.#symbols === this.#capacity) {
      throw new RangeError(
        `Cannot add a symbol as the number of symbols must be below ${this.#capacity}: ` +
          `current value is ${this.#symbols}`,
      );
    }
    const slot = this.#symbols++;
    for (const [index, model] of this.#models.entries()) {
      if (!("forecast" in model)) continue;
      float64View(this.#core, this.#core.slotBorders(index, slot), 2)
        .set(absoluteBorders(model.forecast, name));
    }
    return slot;
  }

  /**
   * Sets the time at which an empty slot's first bar opens: the calendar follows the clock.
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
   * A volatility model's averages and label stay as they are, and forecasts that a missing minute is
   * part of are never scored. A gap of more than 1,440 minutes begins a new sequence.
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
    const reader = this.#readers[model];
    if (reader === undefined) {
      throw new RangeError(
        `Cannot read a result as the model must be 0 to ${this.#readers.length - 1}: ` +
          `current value is ${model}`,
      );
    }
    return reader.read();
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
