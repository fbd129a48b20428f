/** A power of two, several times the 1,024 streams of a connection, so that collisions are rare. */
const SLOTS = 1 << 13;

const known: string[] = new Array<string>(SLOTS).fill("");

function matches(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i - from) !== bytes[i]) return false;
  }
  return true;
}

/**
 * The interned string of a market's name, so that a trade does not allocate one. Two markets in
 * one slot replace each other: the table cannot grow.
 *
 * @param bytes Holds the name, in ASCII, from `from` to `to`.
 * @param hash A function of the name's bytes alone.
 */
export function symbolAt(bytes: Uint8Array, from: number, to: number, hash: number): string {
  const slot = hash & (SLOTS - 1);
  const name = known[slot] ?? "";
  if (matches(name, bytes, from, to)) return name;
  return known[slot] = String.fromCharCode(...bytes.subarray(from, to));
}
