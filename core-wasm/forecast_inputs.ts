import { SEASON_COLUMNS, VOLATILITY_INPUTS, WEEK_MINUTES } from "./forecast.ts";
import { copyColumn, type ForecastBars, inChunks } from "./forecast_chunks.ts";
import { allocate, allocated, type CoreSource, float64View, instantiateCore } from "./instance.ts";

/** Inputs of the volatility forecast for many bars. */
export interface ForecastInputs {
  readonly count: number;
  /** The {@link VOLATILITY_INPUTS} of each bar, row after row. */
  readonly inputs: Float64Array;
  /** Squared log return of each bar. */
  readonly r2: Float64Array;
  /** Size of each return in units of the four hours' volatility before it. */
  readonly shock: Float64Array;
  /** Bars of the sequence so far, this one included. */
  readonly have: Int32Array;
}

/**
 * Inputs of the volatility forecast, bit for bit those of the live scorer.
 *
 * @throws RangeError when bars are not in order of time.
 */
export function computeForecastInputs(wasm: CoreSource, bars: ForecastBars): ForecastInputs {
  const core = instantiateCore(wasm);
  const count = bars.times.length;
  const width = VOLATILITY_INPUTS.length;
  const inputs = new Float64Array(count * width);
  const r2 = new Float64Array(count);
  const shock = new Float64Array(count);
  const have = new Int32Array(count);
  const length = core.INPUT_ROW_LENGTH.value;
  const state = allocate(core, core.inputsStateBytes(), "the state");
  inChunks(core, bars, length, (source, size, rows) => {
    core.inputRows(state, source, size, rows);
  }, (rows, first, size) => {
    copyColumn(rows, length, 0, width, size, inputs, first);
    copyColumn(rows, length, core.INPUT_ROW_SQUARED.value, 1, size, r2, first);
    copyColumn(rows, length, core.INPUT_ROW_SHOCK.value, 1, size, shock, first);
    copyColumn(rows, length, core.INPUT_ROW_HAVE.value, 1, size, have, first);
  });
  return { count, inputs, r2, shock, have };
}

/** The {@link SEASON_COLUMNS} columns of the calendar for each minute of the week, row after row. */
export function seasonColumns(wasm: CoreSource): Float64Array {
  const core = instantiateCore(wasm);
  const values = WEEK_MINUTES * SEASON_COLUMNS;
  const rows = allocate(core, values * 8, "the calendar");
  allocated(core.seasonRows(rows), "the calendar");
  return float64View(core, rows, values).slice();
}

/** Applies a function of the core to each value. */
function mapRows(
  wasm: CoreSource,
  values: Float64Array,
  name: "logRows" | "expRows",
): Float64Array {
  const core = instantiateCore(wasm);
  const address = allocate(core, values.byteLength, "the values");
  const rows = float64View(core, address, values.length);
  rows.set(values);
  core[name](address, values.length);
  return rows.slice();
}

/** Natural logarithms, with the same bits in every host. */
export function logRows(wasm: CoreSource, values: Float64Array): Float64Array {
  return mapRows(wasm, values, "logRows");
}

/** Exponentials, with the same bits in every host. */
export function expRows(wasm: CoreSource, values: Float64Array): Float64Array {
  return mapRows(wasm, values, "expRows");
}
