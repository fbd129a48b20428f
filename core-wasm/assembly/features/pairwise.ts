/**
 * Sums in numpy's order (numpy/_core/src/umath/loops_utils.h.src, `pairwise_sum`), so that means
 * and deviations equal numpy's bit for bit, even in windows that vary only by rounding.
 */

/** Longest run that is summed without splitting it. */
const BLOCK: i32 = 128;

/** Sum of the eight lanes of four accumulators. */
function fold(a: v128, b: v128, c: v128, d: v128): f64 {
  const ab = (f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1)) +
    (f64x2.extract_lane(b, 0) + f64x2.extract_lane(b, 1));
  const cd = (f64x2.extract_lane(c, 0) + f64x2.extract_lane(c, 1)) +
    (f64x2.extract_lane(d, 0) + f64x2.extract_lane(d, 1));
  return ab + cd;
}

/** Index at which the second half of a long run starts. */
function half(count: i32): i32 {
  return ((count >> 1) >> 3) << 3;
}

/** Sum of `count` f64. */
export function pairwiseSum(values: usize, count: i32): f64 {
  if (count > BLOCK) {
    const first = half(count);
    return pairwiseSum(values, first) + pairwiseSum(values + (first << 3), count - first);
  }
  let sum = 0.0;
  let i = 0;
  if (count >= 8) {
    let a = v128.load(values);
    let b = v128.load(values, 16);
    let c = v128.load(values, 32);
    let d = v128.load(values, 48);
    for (i = 8; i + 8 <= count; i += 8) {
      const at = values + (i << 3);
      a = f64x2.add(a, v128.load(at));
      b = f64x2.add(b, v128.load(at, 16));
      c = f64x2.add(c, v128.load(at, 32));
      d = f64x2.add(d, v128.load(at, 48));
    }
    sum = fold(a, b, c, d);
  }
  for (; i < count; i++) sum += load<f64>(values + (i << 3));
  return sum;
}

function squares(at: usize, mean: v128): v128 {
  const distance = f64x2.sub(v128.load(at), mean);
  return f64x2.mul(distance, distance);
}

/** Sum of the squared distances of `count` f64 from their mean. */
export function pairwiseSquares(values: usize, count: i32, mean: f64): f64 {
  if (count > BLOCK) {
    const first = half(count);
    return pairwiseSquares(values, first, mean) +
      pairwiseSquares(values + (first << 3), count - first, mean);
  }
  let sum = 0.0;
  let i = 0;
  if (count >= 8) {
    const means = f64x2.splat(mean);
    let a = squares(values, means);
    let b = squares(values + 16, means);
    let c = squares(values + 32, means);
    let d = squares(values + 48, means);
    for (i = 8; i + 8 <= count; i += 8) {
      const at = values + (i << 3);
      a = f64x2.add(a, squares(at, means));
      b = f64x2.add(b, squares(at + 16, means));
      c = f64x2.add(c, squares(at + 32, means));
      d = f64x2.add(d, squares(at + 48, means));
    }
    sum = fold(a, b, c, d);
  }
  for (; i < count; i++) {
    const distance = load<f64>(values + (i << 3)) - mean;
    sum += distance * distance;
  }
  return sum;
}
