/**
 * The rank of a value: the number of a forest's thresholds on a feature that are below it. The rank
 * decides every `x <= t`, so rows with equal ranks take the same path through every tree.
 */
import { allocate } from "../memory";

/** A feature's thresholds in all trees. */
@unmanaged
export class Axis {
  /** Address of the thresholds in ascending order, f32; infinite ones follow. */
  thresholds: usize;
  /** Number of thresholds. */
  count: i32;
  /** Bytes of the first step of a binary search. */
  half: usize;
  /** Address of the buckets: the address of each bucket's first threshold, u32. */
  buckets: usize;
  /** Lowest threshold. */
  low: f64;
  /** Buckets per unit. */
  scale: f64;
  /** Last bucket. */
  last: f64;
}

/** Bytes of a threshold. */
const THRESHOLD_BYTES: usize = 4;

/** An integer key in the order of the thresholds. */
export function keyOf(threshold: f32): u32 {
  const bits = reinterpret<u32>(threshold);
  return bits ^ ((((bits as i32) >> 31) as u32) | 0x80000000);
}

/** The threshold of a key. */
function thresholdOf(key: u32): f32 {
  return reinterpret<f32>(key ^ (((~((key as i32) >> 31)) as u32) | 0x80000000));
}

/**
 * Bucket of a value, from the left. It is monotone in the value, regardless of rounding.
 */
function bucketOf(axis: Axis, x: f32): i32 {
  const place = f64x2.splat(((x as f64) - axis.low) * axis.scale);
  // NaN goes left at every node, so it belongs to bucket 0.
  const bounded = f64x2.pmin(place, f64x2.splat(axis.last));
  return max(i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(bounded), 0), 0);
}

/** Number of the axis' thresholds below a value; 0 for NaN. */
export function rankOf(axis: Axis, x: f32): i32 {
  let place = load<usize>(axis.buckets + (bucketOf(axis, x) << 2));
  for (let half = axis.half; half >= THRESHOLD_BYTES; half >>= 1) {
    // Branchless, as a branch could not be predicted.
    place += half & -((load<f32>(place + half - THRESHOLD_BYTES) < x) as usize);
  }
  return ((place - axis.thresholds) >> 2) as i32;
}

/**
 * Prepares the search of an axis with its thresholds: at least as many buckets of equal width as
 * thresholds, and as many halvings as the fullest bucket needs.
 */
function initBuckets(axis: Axis, buckets: i32): void {
  const thresholds = axis.thresholds;
  const end = thresholds + ((axis.count as usize) << 2);
  const low = load<f32>(thresholds) as f64;
  const span = (load<f32>(end - THRESHOLD_BYTES) as f64) - low;
  axis.low = low;
  axis.scale = span > 0.0 ? (buckets as f64) / span : 1.0;
  axis.last = (buckets - 1) as f64;
  let at = thresholds;
  let most: usize = 0;
  for (let b = 0; b < buckets; b++) {
    store<usize>(axis.buckets + (b << 2), at);
    const first = at;
    while (at < end && bucketOf(axis, load<f32>(at)) == b) at += THRESHOLD_BYTES;
    most = max(most, at - first);
  }
  axis.half = THRESHOLD_BYTES;
  while (axis.half << 1 <= most) axis.half <<= 1;
}

/**
 * Initializes an axis.
 *
 * @param pairs its thresholds in ascending order: a key each, and a payload of 4 bytes
 * @returns false when memory ran out
 */
export function initAxis(axis: Axis, pairs: usize, count: i32): bool {
  let buckets = 1;
  while (buckets < count) buckets <<= 1;
  axis.count = count;
  // A search may read as far past the thresholds as it is wide.
  axis.thresholds = allocate((buckets as usize) << 3);
  axis.buckets = allocate((buckets as usize) << 2);
  if (axis.buckets == 0) return false;
  for (let i = 0; i < count; i++) {
    store<f32>(axis.thresholds + (i << 2), thresholdOf(load<u32>(pairs + (i << 3))));
  }
  for (let i = count; i < buckets << 1; i++) {
    store<f32>(axis.thresholds + (i << 2), Infinity as f32);
  }
  if (count > 0) initBuckets(axis, buckets);
  else store<usize>(axis.buckets, axis.thresholds);
  return true;
}
