const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Largest float32 up to `value`. */
export function floatBelow(value: number): number {
  float[0] = value;
  const nearest = float[0];
  if (nearest <= value) return nearest;
  if (nearest > 0) bits[0] = (bits[0] ?? 0) - 1;
  else if (nearest === 0) bits[0] = -0x7fffffff;
  else bits[0] = (bits[0] ?? 0) + 1;
  return float[0];
}

/** The next float32 after a float32. */
function floatAfter(value: number): number {
  float[0] = value;
  if (value === 0) bits[0] = 1;
  else bits[0] = (bits[0] ?? 0) + (value > 0 ? 1 : -1);
  return float[0];
}

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, decimals) => 10 ** decimals);

/** Decimals spaced wider than this many times the interval are not tried. */
const MAX_SPACING = 20;

/**
 * A short decimal that decides `x <= threshold` like the given threshold for every float32 x: it
 * lies from the float32 at or below the threshold up to the next float32.
 */
export function shortThreshold(threshold: number): number {
  if (Number.isInteger(threshold)) return threshold;
  const least = floatBelow(threshold);
  const next = floatAfter(least);
  const enough = 1 / (MAX_SPACING * (next - least));
  for (const power of POWERS) {
    if (power < enough) continue;
    const short = Math.round(threshold * power) / power;
    if (least <= short && short < next) return short;
  }
  return threshold;
}
