/** Features of whole histories, by the code that the live engine runs. */
import { Bar } from "./bar";
import { CLASSIC_DIMS, classicStateBytes, stepClassic } from "./classic";

/**
 * Features of many bars. Each sequence starts from an empty state.
 *
 * @param window bars in the windows of the features
 * @param state memory for one state
 * @param bars one `Bar` after the other
 * @param lengths bars of each sequence, i32
 * @param raw output: raw features, f64, row after row
 * @param normalized output: normalized features, f64, row after row
 */
export function featureRows(
  window: i32,
  state: usize,
  bars: usize,
  lengths: usize,
  sequences: i32,
  raw: usize,
  normalized: usize,
): void {
  const rowBytes: usize = CLASSIC_DIMS << 3;
  for (let s = 0; s < sequences; s++) {
    memory.fill(state, 0, classicStateBytes(window));
    for (let left = load<i32>(lengths + (s << 2)); left > 0; left--) {
      stepClassic(state, window, bars, raw, normalized);
      bars += offsetof<Bar>();
      raw += rowBytes;
      normalized += rowBytes;
    }
  }
}
