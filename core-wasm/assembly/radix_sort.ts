/** Radix sort of numbers, each with a payload. */

const DIGIT_BITS: i32 = 11;
const DIGITS: i32 = 1 << DIGIT_BITS;
const KEY_BITS: i32 = 32;

/** Index of the next key with each digit, i32. */
const next: usize = memory.data(2048 * 4, 64);

/** Sorts by one digit, from one block of memory to another. */
function sortDigit(count: i32, shift: i32, from: usize, to: usize): void {
  memory.fill(next, 0, DIGITS << 2);
  for (let i = 0; i < count; i++) {
    const digit: usize = (load<u32>(from + (i << 3)) >> shift) & (DIGITS - 1);
    store<i32>(next + (digit << 2), load<i32>(next + (digit << 2)) + 1);
  }
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const size = load<i32>(next + (digit << 2));
    store<i32>(next + (digit << 2), sum);
    sum += size;
  }
  for (let i = 0; i < count; i++) {
    const pair = load<u64>(from + (i << 3));
    const digit: usize = ((pair as u32) >> shift) & (DIGITS - 1);
    const index = load<i32>(next + (digit << 2));
    store<i32>(next + (digit << 2), index + 1);
    store<u64>(to + (index << 3), pair);
  }
}

/**
 * Sorts pairs of a key and a payload, u32 each, by the keys. The sort is stable.
 *
 * @param pairs address of the pairs
 * @param scratch memory for as many pairs
 * @returns address of the sorted pairs: `pairs` or `scratch`
 */
export function sortPairs(count: i32, pairs: usize, scratch: usize): usize {
  let from = pairs;
  let to = scratch;
  for (let shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
    sortDigit(count, shift, from, to);
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}
