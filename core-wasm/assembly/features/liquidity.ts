/**
 * The liquidity preset: how far prices range and how much is traded, each measured against the
 * blocks of bars before its own.
 *
 * The log range is smoothed over two horizons, half of each: the log of an exponentially weighted
 * variance over the fast one (Parkinson 1980: ln(high / low)^2 / (4 ln 2)), which large moves
 * raise at once, and an exponentially weighted mean of the log range over the slow one, which they
 * hardly move. The log volume, in quote currency, is that of the minute alone.
 *
 * The prior window is kept as the means of its blocks (hours each), so that a month of a symbol
 * takes kilobytes. Location is the mean of the block means, scale their standard deviation: means
 * of logs over hours have no outliers, and a market that has been in few regimes for a week has
 * levels far apart, between which a median jumps. A block counts once it is over, so a bar is never
 * measured against itself. Blocks begin at whole multiples of their length since 1970, so that what
 * is seen does not depend on when one began to look, once the window has passed.
 *
 * A minute without a trade tells of neither: nothing changes but time, and the model waits.
 */
import { Bar } from "./bar";

/** Number of features of the preset. */
export const LIQUIDITY_DIMS: i32 = 2;

/** Keeps the log of a range of zero finite: 0.1 basis points. */
const RANGE_FLOOR: f64 = 1e-5;
/** The variance of a log price over its squared range, for a Brownian motion: 1 / (4 ln 2). */
const PARKINSON: f64 = 0.36067376022224085;
/** Blocks that deviate less are equal but for rounding. */
const LEAST_SCALE: f64 = 1e-9;
/** Standardized values beyond this tell nothing more. */
const CLIP: f64 = 10.0;

/** Parameters of the preset. */
@unmanaged
export class LiquidityWindows {
  /** Bars in a block. */
  block: i32;
  /** Blocks in the prior window. */
  blocks: i32;
  /** Full blocks before the first bar is standardized. */
  least: i32;
  /** Weight of the newest bar in the variance over the fast horizon. */
  fast: f64;
  /** Weight of the newest bar in the mean over the slow horizon. */
  slow: f64;
}

/** State of one symbol; one `Series` a feature follows it. */
@unmanaged
class LiquidityState {
  /** Minutes of the open block that are over. */
  open: i32;
  /** Those with a trade. */
  traded: i32;
  /** Full blocks in the window. */
  full: i32;
  /** Place of the next full block in the rings. */
  head: i32;
  /** Not 0 once a trade was seen. */
  begun: i64;
  /** Variance of the log price a minute, over the fast horizon. */
  variance: f64;
  /** Mean of the log range, over the slow horizon. */
  logRange: f64;
}

/** What is kept of one feature; the ring of block means, f64 a block, follows it. */
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

/** Measures location and scale anew from the full blocks, so that no sum drifts. */
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
  series.scale = scale > LEAST_SCALE ? scale : 1.0;
}

/** Takes the trades of a minute in. */
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

/** Closes the block that is over; one without any trade is as if it had not been. */
function closeBlock(s: LiquidityState, w: LiquidityWindows, first: usize): void {
  const seriesBytes = offsetof<Series>() + ((w.blocks as usize) << 3);
  const traded = s.traded;
  s.open = 0;
  s.traded = 0;
  if (traded == 0) return;
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
 * Takes one bar into a symbol's state.
 *
 * @param state address of the symbol's state
 * @param address address of the bar
 * @param raw where the two features go, f64; those of the last minute with a trade
 * @param normalized where they go standardized, f64; 0 while there are too few blocks
 * @returns whether there is something to see: a trade, and enough blocks to measure it against
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
  return traded && measured;
}

/** Tells an empty state at which minute since 1970 its first bar opens. */
export function beginLiquidity(state: usize, windows: usize, minute: i32): void {
  changetype<LiquidityState>(state).open = minute % changetype<LiquidityWindows>(windows).block;
}

/**
 * Tells the state that `minutes` bars are missing; a hole as long as the prior window empties it.
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
}
