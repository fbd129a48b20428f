/** Features of whole histories, by the code that the live engine runs. */
import { Bar } from "./bar";
import { beginPreset, presetDims, presetStateBytes, stepPreset } from "./presets";

/**
 * Features of many bars. Each sequence starts from an empty state.
 *
 * @param preset address of the preset
 * @param state memory for one state of the preset
 * @param bars one `Bar` after the other
 * @param lengths bars of each sequence, i32
 * @param starts minute since 1970 at which the first bar of each opens, i32
 * @param raw output: raw features, f64, row after row
 * @param normalized output: normalized features, f64, row after row
 */
export function featureRows(
  preset: usize,
  state: usize,
  bars: usize,
  lengths: usize,
  starts: usize,
  sequences: i32,
  raw: usize,
  normalized: usize,
): void {
  const rowBytes: usize = presetDims(preset) << 3;
  for (let s = 0; s < sequences; s++) {
    memory.fill(state, 0, presetStateBytes(preset));
    beginPreset(preset, state, load<i32>(starts + (s << 2)));
    for (let left = load<i32>(lengths + (s << 2)); left > 0; left--) {
      stepPreset(preset, state, bars, raw, normalized);
      bars += offsetof<Bar>();
      raw += rowBytes;
      normalized += rowBytes;
    }
  }
}
