/**
 * The liquidity preset: log range and log illiquidity, each standardized against the blocks of
 * bars before its own, robustly, and smoothed.
 *
 * The prior window is kept as the means of its blocks (an hour each), so that a week of a symbol
 * takes kilobytes. Location is the median of the block means, scale their median absolute
 * deviation x 1.4826, its consistency factor for a normal distribution (Rousseeuw and Croux 1993).
 * A block counts once it is full, so a bar is never measured against itself.
 */
import { Bar } from "./bar";
import { allocate } from "./memory";

/** Number of features of the preset. */
export const LIQUIDITY_DIMS: i32 = 2;

/** Keeps the log of a bar without range finite: 0.1 basis points. */
const RANGE_FLOOR: f64 = 1e-5;
/** Median absolute deviation of a normal distribution, inverted. */
const CONSISTENCY: f64 = 1.4826022185056018;
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
  /** Half-life of the smoothing, bars. */
  halfLife: f64;
}

/** State of one symbol; one `Series` a feature follows it. */
@unmanaged
class LiquidityState {
  /** Bars in the open block. */
  open: i32;
  /** Full blocks in the window. */
  full: i32;
  /** Place of the next full block in the rings. */
  head: i32;
  /** 1 once a value was smoothed. */
  smoothed: i32;
  /** Close of the bar one minute ago; 0 when there is none. */
  lastClose: f64;
}

/** What is kept of one feature; the ring of block means, f64 a block, follows it. */
@unmanaged
class Series {
  /** Last raw value. */
  last: f64;
  /** Sum over the open block. */
  sum: f64;
  location: f64;
  scale: f64;
  smooth: f64;
}

/** Sorted block means; room for the largest window. */
const MAX_BLOCKS: i32 = 1024;
const sorted: usize = allocate(MAX_BLOCKS << 3);

/** Bytes of a symbol's state. */
export function liquidityStateBytes(windows: usize): usize {
  const blocks: usize = changetype<LiquidityWindows>(windows).blocks;
  return offsetof<LiquidityState>() + LIQUIDITY_DIMS * (offsetof<Series>() + (blocks << 3));
}

/** Median of `count` values, which are sorted in place. */
function median(values: usize, count: i32): f64 {
  for (let i = 1; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    let j = i - 1;
    for (; j >= 0 && load<f64>(values + (j << 3)) > value; j--) {
      store<f64>(values + ((j + 1) << 3), load<f64>(values + (j << 3)));
    }
    store<f64>(values + ((j + 1) << 3), value);
  }
  const middle = values + ((count >> 1) << 3);
  return count & 1 ? load<f64>(middle) : 0.5 * (load<f64>(middle - 8) + load<f64>(middle));
}

/** Measures location and scale anew from the full blocks. */
function measure(series: Series, count: i32): void {
  const ring = changetype<usize>(series) + offsetof<Series>();
  const bytes: usize = count << 3;
  memory.copy(sorted, ring, bytes);
  const location = median(sorted, count);
  for (let i = 0; i < count; i++) {
    store<f64>(sorted + (i << 3), abs(load<f64>(ring + (i << 3)) - location));
  }
  const scale = CONSISTENCY * median(sorted, count);
  series.location = location;
  series.scale = scale > 0.0 ? scale : 1.0;
}

/** Amihud (2002): |return| over quote volume, in logs; quote volume as volume x typical price. */
function logIlliquidity(bar: Bar, lastClose: f64): f64 {
  const change = NativeMath.log(bar.close / (lastClose > 0.0 ? lastClose : bar.open));
  const quoteVolume = bar.volume * (bar.high + bar.low + bar.close) / 3.0;
  return NativeMath.log(abs(change) + RANGE_FLOOR) - NativeMath.log(quoteVolume);
}

/**
 * Takes one bar into a symbol's state.
 *
 * @param state address of the symbol's state
 * @param address address of the bar
 * @param raw where the two features go, f64
 * @param normalized where they go standardized and smoothed, f64; 0 while there are too few blocks
 * @returns whether there were enough blocks
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
  const range = changetype<Series>(state + offsetof<LiquidityState>());
  const illiquidity = changetype<Series>(changetype<usize>(range) + seriesBytes);
  range.last = NativeMath.log((bar.high - bar.low) / bar.open + RANGE_FLOOR);
  // A minute without trades says nothing of how trades move the price: the last value stands.
  if (bar.volume > 0.0) illiquidity.last = logIlliquidity(bar, s.lastClose);
  s.lastClose = bar.close;

  const ready = s.full >= w.least;
  const full = s.open + 1 == w.block;
  const weight = s.smoothed ? 1.0 - NativeMath.pow(0.5, 1.0 / w.halfLife) : 1.0;
  const count = min(s.full + 1, w.blocks);
  for (let d = 0; d < LIQUIDITY_DIMS; d++) {
    const at: usize = d << 3;
    const series = changetype<Series>(changetype<usize>(range) + d * seriesBytes);
    store<f64>(raw + at, series.last);
    if (ready) {
      const z = (series.last - series.location) / series.scale;
      series.smooth += weight * (min(max(z, -CLIP), CLIP) - series.smooth);
    }
    store<f64>(normalized + at, series.smooth);
    series.sum += series.last;
    if (full) {
      const ring = changetype<usize>(series) + offsetof<Series>();
      store<f64>(ring + (s.head << 3), series.sum / (w.block as f64));
      series.sum = 0.0;
      measure(series, count);
    }
  }
  if (ready) s.smoothed = 1;
  s.open = full ? 0 : s.open + 1;
  if (full) {
    s.full = count;
    s.head = s.head + 1 == w.blocks ? 0 : s.head + 1;
  }
  return ready;
}

/**
 * Tells the state that `minutes` bars are missing. The next bar has no close one minute before it;
 * a hole as long as the prior window empties the state.
 */
export function skipLiquidity(state: usize, windows: usize, minutes: i32): void {
  const w = changetype<LiquidityWindows>(windows);
  changetype<LiquidityState>(state).lastClose = 0.0;
  if ((minutes as i64) >= (w.block as i64) * (w.blocks as i64)) {
    memory.fill(state, 0, liquidityStateBytes(windows));
  }
}
