/** Cache line, and more than any SIMD load needs. */
const ALIGNMENT: usize = 64;

/** First free byte. Memory is never freed: an instance lives as long as its one job. */
let top: usize = __heap_base;

/**
 * Allocates a zeroed block of memory. Growing detaches the host's views, so a job allocates all its
 * blocks before its loop starts.
 *
 * @param bytes size of the block
 * @returns its address, a multiple of 64; 0 when memory cannot grow
 */
export function allocate(bytes: usize): usize {
  const start = (top + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  const end = start + bytes;
  const held = (memory.size() as usize) << 16;
  if (end < start) return 0;
  if (end > held && memory.grow(((end - held + 0xffff) >> 16) as i32) < 0) return 0;
  top = end;
  return start;
}
