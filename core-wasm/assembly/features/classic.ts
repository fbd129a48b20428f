/**
 * The classic preset: momentum, volatility proxy and activity ratio, each z-scored over a rolling
 * window that contains its own bar. The windows are summed again at every bar, so that no sum drifts
 * and a restored state gives the same bits as an uninterrupted one.
 */
import { Bar } from "./bar";
import { pairwiseSquares, pairwiseSum } from "./pairwise";

/** Number of features of the preset. */
export const CLASSIC_DIMS: i32 = 3;

/**
 * State of one symbol. The rings follow it: volumes, then one ring per feature. A ring holds each
 * value twice, a window apart, so that the last values are always contiguous.
 */
@unmanaged
class ClassicState {
  /** Bars in the rings, at most the window. */
  bars: i32;
  /** Index of the next bar in the rings. */
  head: i32;
  /** Minutes missing since the last bar. */
  missing: i32;
  /** Close of the bar one minute ago; 0 when there was none. */
  lastClose: f64;
}

/** Bytes of a symbol's state for a window. */
export function classicStateBytes(window: i32): usize {
  return offsetof<ClassicState>() + (((1 + CLASSIC_DIMS) * 2 * window) << 3);
}

/** Bars that a raw feature needs: a momentum the bar before, an activity ratio its window. */
export function classicFeatureBars(feature: i32, window: i32): i32 {
  if (feature == 0) return 2;
  return feature == 1 ? 1 : window;
}

/** Bars of its windows that a state has, at most the window; missing minutes do not count. */
export function classicBars(state: usize): i32 {
  return changetype<ClassicState>(state).bars;
}

/** Writes a value to a ring. */
function writeRing(ring: usize, window: i32, index: i32, value: f64): void {
  store<f64>(ring + (index << 3), value);
  store<f64>(ring + ((index + window) << 3), value);
}

/** Whether all values are equal: then their deviation is zero, regardless of rounding. */
function isConstant(values: usize, count: i32): bool {
  const first = load<f64>(values);
  for (let i = 1; i < count; i++) {
    if (load<f64>(values + (i << 3)) != first) return false;
  }
  return true;
}

/** z-score of the last of `count` values, by the population deviation. */
function zScore(values: usize, count: i32): f64 {
  const value = load<f64>(values + ((count - 1) << 3));
  if (count < 2) return value;
  if (isConstant(values, count)) return 0.0;
  const mean = pairwiseSum(values, count) / (count as f64);
  const deviation = sqrt(pairwiseSquares(values, count, mean) / (count as f64));
  return (value - mean) / (deviation > 0.0 ? deviation : 1.0);
}

/**
 * Adds one bar to a symbol's state.
 *
 * @param state address of the symbol's state
 * @param window bars in a window
 * @param address address of the bar
 * @param raw output: the three features, f64
 * @param normalized output: their z-scores, f64
 */
export function stepClassic(
  state: usize,
  window: i32,
  address: usize,
  raw: usize,
  normalized: usize,
): void {
  const s = changetype<ClassicState>(state);
  const bar = changetype<Bar>(address);
  const ringBytes: usize = window << 4;
  const volumes = state + offsetof<ClassicState>();
  const index = s.head;
  const bars = min(s.bars + 1, window);
  // The last `bars` values of a ring start here.
  const oldest: usize = (index + window + 1 - bars) << 3;

  writeRing(volumes, window, index, bar.volume);
  let activity = 1.0;
  if (bars == window && !isConstant(volumes + oldest, bars)) {
    activity = bar.volume / (pairwiseSum(volumes + oldest, bars) / (bars as f64));
  }
  store<f64>(raw, s.lastClose > 0.0 ? NativeMath.log(bar.close / s.lastClose) : 0.0, 0);
  store<f64>(raw, (bar.high - bar.low) / bar.open, 8);
  store<f64>(raw, activity, 16);
  let ring = volumes;
  for (let d = 0; d < CLASSIC_DIMS; d++) {
    ring += ringBytes;
    writeRing(ring, window, index, load<f64>(raw + (d << 3)));
    store<f64>(normalized + (d << 3), zScore(ring + oldest, bars));
  }
  s.bars = bars;
  s.head = index + 1 == window ? 0 : index + 1;
  s.missing = 0;
  s.lastClose = bar.close;
}

/**
 * Skips `minutes` missing bars. The next bar has no close one minute before it, so its momentum is
 * 0. A gap as long as the window clears the rings.
 */
export function skipClassic(state: usize, window: i32, minutes: i32): void {
  const s = changetype<ClassicState>(state);
  s.lastClose = 0.0;
  s.missing = min(minutes, window - s.missing) + s.missing;
  if (s.missing == window) {
    s.bars = 0;
    s.head = 0;
  }
}
