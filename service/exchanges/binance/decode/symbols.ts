/** A power of two, several times the 1,024 streams of a connection, so that few share a place. */
const PLACES = 1 << 13;

const known: string[] = new Array<string>(PLACES).fill("");

function matches(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i - from) !== bytes[i]) return false;
  }
  return true;
}

/**
 * The one string of a market's name, so that a trade does not bring its own. Two markets on one
 * place take turns: the table cannot grow.
 *
 * @param bytes Where the name stands, in ASCII, from `from` to `to`.
 * @param hash Any number made of the name's bytes alone.
 */
export function symbolAt(bytes: Uint8Array, from: number, to: number, hash: number): string {
  const place = hash & (PLACES - 1);
  const name = known[place] ?? "";
  if (matches(name, bytes, from, to)) return name;
  return known[place] = String.fromCharCode(...bytes.subarray(from, to));
}
