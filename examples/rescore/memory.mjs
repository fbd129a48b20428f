/**
 * Checks an address that the core returned: it is 0 when memory ran out.
 */
export function allocated(address) {
  if (address === 0) {
    throw new RangeError("Cannot place the model: WebAssembly memory ran out");
  }
  return address >>> 0;
}

/** Numbers in the core's memory, valid until the next allocation. */
export function floats(core, address, length) {
  return new Float64Array(core.memory.buffer, address, length);
}

/** Integers in the core's memory, valid until the next allocation. */
export function integers(core, address, length) {
  return new Int32Array(core.memory.buffer, address, length);
}

/** The key of a label in the service's CSV: "Bearish Extreme" becomes "bearish_extreme". */
export function labelKey(label) {
  return label.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
}
