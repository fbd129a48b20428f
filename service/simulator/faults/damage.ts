import type { Random } from "../simulated/random.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame as it is put on the wire. */
export interface WireFrame {
  readonly bytes: Uint8Array;
  readonly binary: boolean;
}

/** Ways to give a field of a trade another type; each makes the frame invalid. */
const WRONG_TYPES: readonly (readonly [RegExp, string])[] = [
  [/"a":\d+/, `"a":null`],
  [/"a":(\d+)/, `"a":"x$1"`],
  [/"a":(\d+)/, `"a":$1.5`],
  [/"a":\d+/, `"a":true`],
  [/"p":"[^"]*"/, `"p":null`],
  [/"p":"[^"]*"/, `"p":true`],
  [/"p":"([^"]*)"/, `"p":{"p":"$1"}`],
  [/"q":"[^"]*"/, `"q":false`],
  [/"q":"[^"]*"/, `"q":[]`],
  [/"q":"[^"]*"/, `"q":null`],
  [/"T":\d+/, `"T":"soon"`],
  [/"T":\d+/, `"T":null`],
  [/"m":(true|false)/, `"m":"$1"`],
  [/"m":(true|false)/, `"m":0`],
  [/"e":"[^"]*"/, `"e":7`],
];

const INVALID_PRICES: readonly string[] = [
  `"0"`,
  `"0.00000000"`,
  `"-1.00000000"`,
  `"1e300"`,
  `"NaN"`,
  `"Infinity"`,
  `""`,
];

/** Texts that are not an event of any stream, some of them JSON. */
const NON_EVENTS: readonly string[] = [
  "",
  "null",
  "[]",
  "{}",
  "42",
  `{"e":"aggTrade"}`,
  `{"result":null,"id":1}`,
  `{"stream":"btcusdt@aggTrade","data":null}`,
];

function pick<T>(list: readonly T[], random: Random, otherwise: T): T {
  return list[Math.floor(random.uniform() * list.length)] ?? otherwise;
}

/** The beginning of a frame: at least one byte, and never all of it. */
export function truncated(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, 1 + Math.floor(random.uniform() * (bytes.length - 1)));
}

/** A frame with a field of another type; a frame that is not a trade becomes `[]`. */
export function mistyped(bytes: Uint8Array, random: Random): Uint8Array {
  const text = decoder.decode(bytes);
  const ways = WRONG_TYPES.filter(([field]) => field.test(text));
  const [field, replacement] = pick(ways, random, [/^.*$/s, "[]"]);
  return encoder.encode(text.replace(field, replacement));
}

/** A trade with an invalid price; a frame without a price becomes `[]`. */
export function mispriced(bytes: Uint8Array, random: Random): Uint8Array {
  const price = pick(INVALID_PRICES, random, `""`);
  const text = decoder.decode(bytes);
  const changed = text.replace(/"p":"[^"]*"/, `"p":${price}`);
  return encoder.encode(changed === text ? "[]" : changed);
}

/** A meaningless frame: random bytes, random text or JSON that is not an event. */
export function garbage(random: Random): WireFrame {
  const kind = Math.floor(random.uniform() * 3);
  if (kind === 0) return { bytes: encoder.encode(pick(NON_EVENTS, random, "")), binary: false };
  const bytes = new Uint8Array(1 + Math.floor(random.uniform() * 200));
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = kind === 1 ? 32 + Math.floor(random.uniform() * 95) : random.integer();
  }
  return { bytes, binary: kind === 2 };
}
