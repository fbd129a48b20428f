import type { Random } from "../simulated/random.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame as it is put on the wire. */
export interface WireFrame {
  readonly bytes: Uint8Array;
  readonly binary: boolean;
}

/** Ways to give a field of a trade another type; none of them is a trade. */
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

const ABSURD_PRICES: readonly string[] = [
  `"0"`,
  `"0.00000000"`,
  `"-1.00000000"`,
  `"1e300"`,
  `"NaN"`,
  `"Infinity"`,
  `""`,
];

/** What is no event of any stream, though some of it is JSON. */
const NONSENSE: readonly string[] = [
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

/** The beginning of a frame, at least a byte and never all of it. */
export function truncated(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, 1 + Math.floor(random.uniform() * (bytes.length - 1)));
}

/** A frame one of whose fields has another type; what is no trade becomes `[]`. */
export function mistyped(bytes: Uint8Array, random: Random): Uint8Array {
  const text = decoder.decode(bytes);
  const ways = WRONG_TYPES.filter(([field]) => field.test(text));
  const [field, replacement] = pick(ways, random, [/^.*$/s, "[]"]);
  return encoder.encode(text.replace(field, replacement));
}

/** A trade at a price that cannot be; what has no price becomes `[]`. */
export function mispriced(bytes: Uint8Array, random: Random): Uint8Array {
  const price = pick(ABSURD_PRICES, random, `""`);
  const text = decoder.decode(bytes);
  const absurd = text.replace(/"p":"[^"]*"/, `"p":${price}`);
  return encoder.encode(absurd === text ? "[]" : absurd);
}

/** A frame that says nothing: random bytes, random text or JSON that is no event. */
export function garbage(random: Random): WireFrame {
  const kind = Math.floor(random.uniform() * 3);
  if (kind === 0) return { bytes: encoder.encode(pick(NONSENSE, random, "")), binary: false };
  const bytes = new Uint8Array(1 + Math.floor(random.uniform() * 200));
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = kind === 1 ? 32 + Math.floor(random.uniform() * 95) : random.integer();
  }
  return { bytes, binary: kind === 2 };
}
