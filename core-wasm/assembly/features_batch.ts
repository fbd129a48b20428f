/** Features of whole histories, by the code that steps the live engine. */
import { CLASSIC_DIMS, classicStateBytes, stepClassic } from "./classic";

/** Columns of a bar in a batch: open, high, low, close, volume. */
const BAR_COLUMNS: usize = 5;

/** Bytes of the state that {@link classicRows} needs. */
export function classicBatchBytes(window: i32): usize {
  return classicStateBytes(window);
}

/**
 * Classic features of many bars, each sequence from an empty state.
 *
 * @param state room of {@link classicBatchBytes}
 * @param bars open, high, low, close, volume, f64, bar after bar
 * @param lengths bars of each sequence, i32
 * @param raw where the features go, f64, row after row
 * @param normalized where their z-scores go, f64, row after row
 */
export function classicRows(
  window: i32,
  state: usize,
  bars: usize,
  lengths: usize,
  sequences: i32,
  raw: usize,
  normalized: usize,
): void {
  for (let s = 0; s < sequences; s++) {
    memory.fill(state, 0, classicStateBytes(window));
    for (let left = load<i32>(lengths + (s << 2)); left > 0; left--) {
      stepClassic(
        state,
        window,
        load<f64>(bars, 0),
        load<f64>(bars, 8),
        load<f64>(bars, 16),
        load<f64>(bars, 24),
        load<f64>(bars, 32),
        raw,
        normalized,
      );
      bars += BAR_COLUMNS << 3;
      raw += CLASSIC_DIMS << 3;
      normalized += CLASSIC_DIMS << 3;
    }
  }
}
