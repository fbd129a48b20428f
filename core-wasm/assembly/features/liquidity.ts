/**
 * The liquidity preset: log range and log volume, each standardized by the blocks of bars before
 * its own.
 *
 * The log range is the mean of two smoothed values: the log of an exponentially weighted variance
 * over the fast horizon (Parkinson 1980: ln(high / low)^2 / (4 ln 2)), which reacts to large moves
 * at once, and an exponentially weighted mean of the log range over the slow horizon, which they
 * hardly move. The log volume, in quote currency, is the minute's own.
 *
 * The prior window is stored as the means of its blocks (hours each), so that a month of a symbol
 * takes kilobytes. Location is the mean of the block means, scale their standard deviation: means
 * of logs over hours have no outliers, and in a week with few regimes the levels are far apart, so
 * that a median would jump between them. A block counts once it is complete, so a bar is never
 * standardized by itself. Blocks begin at multiples of their length since 1970, so that the
 * features do not depend on the start of the history, once the window has passed.
 *
 * A minute without a trade has neither feature: only time advances, and the model predicts.
 */
import { Bar } from "./bar";

/** Number of features of the preset. */
export const LIQUIDITY_DIMS: i32 = 2;

/** Keeps the log of a zero range finite: 0.1 basis points. */
const RANGE_FLOOR: f64 = 1e-5;
/** Ratio of variance to squared range of a log price in Brownian motion: 1 / (4 ln 2). */
const PARKINSON: f64 = 0.36067376022224085;
/** A smaller deviation of the block means is rounding error. */
const MIN_SCALE: f64 = 1e-9;
/** Standardized values are clipped to this. */
const CLIP: f64 = 10.0;

/** Parameters of the preset. */
@unmanaged
export class LiquidityWindows {
  /** Bars in a block. */
  block: i32;
  /** Blocks in the prior window. */
  blocks: i32;
  /** Complete blocks before the first bar is standardized. */
  least: i32;
  /** Weight of the newest bar in the variance over the fast horizon. */
  fast: f64;
  /** Weight of the newest bar in the mean over the slow horizon. */
  slow: f64;
}

/** State of one symbol; one `Series` per feature follows it. */
@unmanaged
class LiquidityState {
  /** Elapsed minutes of the open block. */
  open: i32;
  /** Those with a trade. */
  traded: i32;
  /** Complete blocks in the window. */
  full: i32;
  /** Index of the next complete block in the rings. */
  head: i32;
  /** 1 once a trade was seen, else 0. */
  begun: i32;
  /**
   * Minutes of the first block that lie before the history; 0 once that block has left the window.
   * States of the first versions have 0 here: their first block counts as a whole one.
   */
  before: i32;
  /** Variance of the log price per minute, over the fast horizon. */
  variance: f64;
  /** Mean of the log range, over the slow horizon. */
  logRange: f64;
}

/** State of one feature; the ring of block means, an f64 per block, follows it. */
@unmanaged
class Series {
  /** Value at the last minute with a trade. */
  last: f64;
  /** Sum over the open block's minutes with a trade. */
  sum: f64;
  location: f64;
  scale: f64;
}

/** Bytes of a symbol's state. */
export function liquidityStateBytes(windows: usize): usize {
  const blocks: usize = changetype<LiquidityWindows>(windows).blocks;
  return offsetof<LiquidityState>() + LIQUIDITY_DIMS * (offsetof<Series>() + (blocks << 3));
}

/** Minutes in the prior window. */
export function liquidityNeed(windows: usize): i32 {
  const w = changetype<LiquidityWindows>(windows);
  return w.block * w.blocks;
}

/**
 * Minutes of the prior window that a state has, at most the window. Blocks without a trade do not
 * count. Within a block every minute does, so that a short gap does not lengthen the warm-up.
 */
export function liquidityBars(state: usize, windows: usize): i32 {
  const s = changetype<LiquidityState>(state);
  const w = changetype<LiquidityWindows>(windows);
  const open = s.traded > 0 ? s.open : 0;
  if (s.full == 0 && open == 0) return 0;
  return min(s.full * w.block + open - s.before, liquidityNeed(windows));
}

/** Computes location and scale from all complete blocks, so that no sum drifts. */
function measure(series: Series, count: i32): void {
  const ring = changetype<usize>(series) + offsetof<Series>();
  let sum = 0.0;
  for (let i = 0; i < count; i++) sum += load<f64>(ring + (i << 3));
  const location = sum / (count as f64);
  let squares = 0.0;
  for (let i = 0; i < count; i++) {
    const deviation = load<f64>(ring + (i << 3)) - location;
    squares += deviation * deviation;
  }
  const scale = sqrt(squares / (count as f64));
  series.location = location;
  series.scale = scale > MIN_SCALE ? scale : 1.0;
}

/** Adds a minute with trades to the smoothed ranges. */
function observe(s: LiquidityState, w: LiquidityWindows, bar: Bar): void {
  const spread = NativeMath.log(bar.high / bar.low);
  const variance = PARKINSON * spread * spread;
  const logRange = NativeMath.log((bar.high - bar.low) / bar.open + RANGE_FLOOR);
  if (s.begun) {
    s.variance += w.fast * (variance - s.variance);
    s.logRange += w.slow * (logRange - s.logRange);
  } else {
    s.variance = variance;
    s.logRange = logRange;
    s.begun = 1;
  }
}

/** Until the first trade the history has not begun. */
function settleStart(s: LiquidityState): void {
  if (s.full == 0 && s.traded == 0) s.before = s.open;
}

/** Closes the open block; a block without a trade is dropped. */
function closeBlock(s: LiquidityState, w: LiquidityWindows, first: usize): void {
  const seriesBytes = offsetof<Series>() + ((w.blocks as usize) << 3);
  const traded = s.traded;
  s.open = 0;
  s.traded = 0;
  if (traded == 0) return;
  // The new block takes the place of the first one.
  if (s.full == w.blocks) s.before = 0;
  s.full = min(s.full + 1, w.blocks);
  for (let d = 0; d < LIQUIDITY_DIMS; d++) {
    const series = changetype<Series>(first + d * seriesBytes);
    const ring = changetype<usize>(series) + offsetof<Series>();
    store<f64>(ring + (s.head << 3), series.sum / (traded as f64));
    series.sum = 0.0;
    measure(series, s.full);
  }
  s.head = s.head + 1 == w.blocks ? 0 : s.head + 1;
}

/**
 * Adds one bar to a symbol's state.
 *
 * @param state address of the symbol's state
 * @param address address of the bar
 * @param raw output: the two features, f64, of the last minute with a trade
 * @param normalized output: the features standardized, f64; 0 while there are too few blocks
 * @returns whether the bar is observed: it has a trade, and there are enough blocks
 */
export function stepLiquidity(
  state: usize,
  windows: usize,
  address: usize,
  raw: usize,
  normalized: usize,
): bool {
  const s = changetype<LiquidityState>(state);
  const w = changetype<LiquidityWindows>(windows);
  const bar = changetype<Bar>(address);
  const seriesBytes = offsetof<Series>() + ((w.blocks as usize) << 3);
  const first = state + offsetof<LiquidityState>();
  const traded = bar.volume > 0.0;
  if (traded) {
    observe(s, w, bar);
    const range = changetype<Series>(first);
    const volume = changetype<Series>(first + seriesBytes);
    const fast = 0.5 * NativeMath.log(s.variance + RANGE_FLOOR * RANGE_FLOOR);
    range.last = 0.5 * (fast + s.logRange);
    volume.last = NativeMath.log(bar.volume * (bar.high + bar.low + bar.close) / 3.0);
    s.traded += 1;
  }
  const measured = s.full >= w.least;
  for (let d = 0; d < LIQUIDITY_DIMS; d++) {
    const at: usize = d << 3;
    const series = changetype<Series>(first + d * seriesBytes);
    store<f64>(raw + at, series.last);
    const z = (series.last - series.location) / series.scale;
    store<f64>(normalized + at, measured ? min(max(z, -CLIP), CLIP) : 0.0);
    if (traded) series.sum += series.last;
  }
  s.open += 1;
  if (s.open == w.block) closeBlock(s, w, first);
  settleStart(s);
  return traded && measured;
}

/** Sets the minute since 1970 at which an empty state's first bar opens. */
export function beginLiquidity(state: usize, windows: usize, minute: i32): void {
  const s = changetype<LiquidityState>(state);
  s.open = minute % changetype<LiquidityWindows>(windows).block;
  settleStart(s);
}

/**
 * Skips `minutes` missing bars. A gap as long as the prior window clears the state.
 */
export function skipLiquidity(state: usize, windows: usize, minutes: i32): void {
  const s = changetype<LiquidityState>(state);
  const w = changetype<LiquidityWindows>(windows);
  const over = (s.open as i64) + (minutes as i64);
  if ((minutes as i64) >= (w.block as i64) * (w.blocks as i64)) {
    memory.fill(state, 0, liquidityStateBytes(windows));
  } else if (over >= (w.block as i64)) {
    closeBlock(s, w, state + offsetof<LiquidityState>());
  }
  s.open = (over % (w.block as i64)) as i32;
  settleStart(s);
}
