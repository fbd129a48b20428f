/** Inputs and forecasts of whole histories, by the code that the live engine runs. */
import {
  Inputs,
  INPUTS_STATE_BYTES,
  InputsState,
  Minute,
  skipInputs,
  stepInputs,
  survives,
} from "./inputs";
import {
  beginVolatility,
  inputsOf,
  OUTPUT_BYTES,
  skipVolatility,
  stepVolatility,
} from "./volatility";

/** What the model reads of a bar, as the host writes it. */
@unmanaged
class ForecastBar {
  /** Minute since 1970 at which it opens. */
  minute: f64;
  open: f64;
  close: f64;
  /** Base currency traded. */
  volume: f64;
}

/** Numbers of a bar. */
export const FORECAST_BAR_LENGTH: usize = offsetof<ForecastBar>() >> 3;

const MINUTE: usize = offsetof<Inputs>();
const HAVE: usize = MINUTE + offsetof<Minute>();
const INPUT_ROW_BYTES: usize = HAVE + 8;

// Layout of a row of inputs for the host, in f64; the 15 inputs come first.
export const INPUT_ROW_SQUARED: usize = (MINUTE + offsetof<Minute>("squared")) >> 3;
export const INPUT_ROW_SHOCK: usize = (MINUTE + offsetof<Minute>("shock")) >> 3;
export const INPUT_ROW_HAVE: usize = HAVE >> 3;
export const INPUT_ROW_LENGTH: usize = INPUT_ROW_BYTES >> 3;

/** Bytes of a state of the inputs alone. */
export function inputsStateBytes(): usize {
  return INPUTS_STATE_BYTES;
}

/**
 * Inputs of bars of one market.
 *
 * @param state state of the inputs, kept from call to call
 * @param bars one `ForecastBar` after the other, in order of time
 * @param rows output: one row after the other
 */
export function inputRows(state: usize, bars: usize, count: i32, rows: usize): void {
  const s = changetype<InputsState>(state);
  for (let i = 0; i < count; i++) {
    const bar = changetype<ForecastBar>(bars);
    const minute = bar.minute as i64;
    const missing = (minute - s.minute) as i32;
    if (missing != 0 && survives(s, missing)) skipInputs(s, missing);
    else if (missing != 0) memory.fill(state, 0, INPUTS_STATE_BYTES);
    s.minute = minute;
    const m = changetype<Minute>(rows + MINUTE);
    stepInputs(s, bar.open, bar.close, bar.volume, changetype<Inputs>(rows), m);
    store<f64>(rows + HAVE, s.bars as f64);
    bars += offsetof<ForecastBar>();
    rows += INPUT_ROW_BYTES;
  }
}

/**
 * Outputs of a model for bars of one market.
 *
 * @param model address of the model
 * @param state state of the model, kept from call to call
 * @param borders address of the symbol's absolute borders
 * @param bars one `ForecastBar` after the other, in order of time
 * @param rows output: one `Output` after the other
 */
export function forecastRows(
  model: usize,
  state: usize,
  borders: usize,
  bars: usize,
  count: i32,
  rows: usize,
): void {
  for (let i = 0; i < count; i++) {
    const bar = changetype<ForecastBar>(bars);
    const minute = bar.minute as i64;
    beginVolatility(state, minute);
    const missing = (minute - inputsOf(state).minute) as i32;
    if (missing > 0) skipVolatility(model, state, missing);
    stepVolatility(model, state, borders, bar.open, bar.close, bar.volume, rows);
    bars += offsetof<ForecastBar>();
    rows += OUTPUT_BYTES;
  }
}

/** Replaces values by their natural logarithms. */
export function logRows(values: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = values + (i << 3);
    store<f64>(at, NativeMath.log(load<f64>(at)));
  }
}

/** Replaces values by their exponentials. */
export function expRows(values: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = values + (i << 3);
    store<f64>(at, NativeMath.exp(load<f64>(at)));
  }
}
