import { VOLATILITY_INPUTS } from "./forecast.ts";
import {
  allocate,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
} from "./instance.ts";
import { type CoreBar, minuteOfTime } from "./model.ts";

/** Inputs of the volatility forecast bar by bar, for many markets: those of the live scorer. */
export class ForecastInputStream {
  readonly #core: CoreExports;
  readonly #source: number;
  readonly #row: number;
  readonly #last: number[] = [];
  readonly #states: number[] = [];

  constructor(wasm: CoreSource) {
    this.#core = instantiateCore(wasm);
    this.#source = allocate(this.#core, this.#core.FORECAST_BAR_LENGTH.value * 8, "a bar");
    this.#row = allocate(this.#core, this.#core.INPUT_ROW_LENGTH.value * 8, "its inputs");
  }

  /** Adds a market; returns its number. */
  add(): number {
    this.#last.push(-Infinity);
    return this.#states.push(allocate(this.#core, this.#core.inputsStateBytes(), "a state")) - 1;
  }

  /**
   * Adds a market's next bar. A hole of more than 1,440 minutes begins a new sequence.
   *
   * @param time Open time, ms UTC.
   * @returns The inputs of the bar in the order of the presets' names, valid until the next call,
   *   and the bars of the sequence so far, this one included.
   * @throws RangeError for a bar that is not later than the last one, or an unknown market.
   */
  push(
    market: number,
    time: number,
    { open, close, volume }: Pick<CoreBar, "open" | "close" | "volume">,
  ): { readonly inputs: Float64Array; readonly have: number } {
    const minute = minuteOfTime(time);
    const state = this.#states[market];
    if (state === undefined || !(minute > (this.#last[market] ?? NaN))) {
      throw new RangeError(
        `Cannot push a bar of market ${market} as its minute must be later than ` +
          `${this.#last[market]}: current value is ${minute}`,
      );
    }
    this.#last[market] = minute;
    const core = this.#core;
    const bar = float64View(core, this.#source, core.FORECAST_BAR_LENGTH.value);
    [bar[0], bar[1], bar[2], bar[3]] = [minute, open, close, volume];
    core.inputRows(state, this.#source, 1, this.#row);
    const row = float64View(core, this.#row, core.INPUT_ROW_LENGTH.value);
    return {
      inputs: row.subarray(0, VOLATILITY_INPUTS.length),
      have: row[core.INPUT_ROW_HAVE.value] ?? NaN,
    };
  }
}
