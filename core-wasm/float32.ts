const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Largest float32 that is not above `value`. */
export function floatBelow(value: number): number {
  float[0] = value;
  const nearest = float[0];
  if (nearest <= value) return nearest;
  if (nearest > 0) bits[0] = (bits[0] ?? 0) - 1;
  else if (nearest === 0) bits[0] = -0x7fffffff;
  else bits[0] = (bits[0] ?? 0) + 1;
  return float[0];
}

/**
 * The shortest decimal that decides `x <= threshold` as the given threshold does for every float32
 * x: the one between the float32 at or below the threshold and the next.
 */
export function shortThreshold(threshold: number): number {
  const exact = floatBelow(threshold);
  for (let digits = 4; digits <= 16; digits++) {
    const short = Number(threshold.toPrecision(digits));
    if (floatBelow(short) === exact) return short;
  }
  return threshold;
}
