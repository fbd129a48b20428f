import { Random } from "./random.ts";

const encoder = new TextEncoder();

/** Texts for a number or a decimal, valid and invalid. */
const VALUES: readonly [string, ...string[]] = [
  "0",
  "1",
  "-1",
  "00",
  "01",
  "1.5",
  "1e5",
  "9007199254740991",
  "9007199254740992",
  "99999999999999999999",
  "1672515782136",
  "1672515782136999",
  "4639161600000",
  '"0"',
  '"0.00000001"',
  '"0.00000000"',
  '"00012.500"',
  '"90071992.54740991"',
  '"90071992.54740993"',
  '"1000000000000.00000000"',
  '"0.1234567890123456789"',
  '"0.00000000000000000000000001"',
  '".5"',
  '"5."',
  '"1.2.3"',
  '"-1"',
  '"1e5"',
  '"NaN"',
  '"Infinity"',
  '""',
  '"\\u0041"',
  '"\u00c4"',
  "true",
  "false",
  "null",
  "[]",
  "{}",
];

const BYTES: readonly [number, ...number[]] = [
  0x22,
  ...[0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d, 0x5c, 0x2e, 0x2d, 0x20, 0x0a, 0x30, 0x31, 0x39],
  ...[0x65, 0x45, 0x6d, 0x4d, 0x00, 0x7f, 0x80, 0xc3, 0xef, 0xff],
];

function decimal(random: Random): string {
  const digits = String(random.below(10 ** (1 + random.below(9))));
  const places = random.below(9);
  return places === 0 ? digits : `${digits}.${String(random.below(10 ** places)).padStart(8, "0")}`;
}

/** The fields of a valid event, in the exchange's order; values as JSON text. */
function soundEvent(random: Random): [name: string, value: string][] {
  const time = 1_500_000_000_000 + random.below(1e9) * 500;
  const unit = random.below(8) === 0 ? "123" : "";
  const id = random.below(1e9) * 3;
  const head: [string, string][] = [["E", `${time + random.below(20)}${unit}`]];
  const symbol: [string, string] = ["s", `"${random.pick(["BTCUSDT", "PEPEUSDT", "1INCHBTC"])}"`];
  const amounts: [string, string][] = [["p", `"${decimal(random)}"`], [
    "q",
    `"${decimal(random)}"`,
  ]];
  const tail: [string, string][] = [
    ["T", `${time}${unit}`],
    ["m", random.pick(["true", "false"])],
    ["M", random.pick(["true", "false"])],
  ];
  if (random.below(6) === 0) {
    return [["e", '"trade"'], ...head, symbol, ["t", `${id}`], ...amounts, ...tail];
  }
  const ids: [string, string][] = [["f", `${id}`], ["l", `${id + random.below(3)}`]];
  return [["e", '"aggTrade"'], ...head, symbol, ["a", `${id}`], ...amounts, ...ids, ...tail];
}

/** Mutates the event: values, names, order, number of fields. */
function bendFields(random: Random, fields: [string, string][]): void {
  const place = random.below(fields.length);
  const field = fields[place] ?? ["", ""];
  const kind = random.below(6);
  if (kind <= 2) field[1] = random.pick(VALUES);
  else if (kind === 3) fields.splice(place, 1);
  else if (kind === 4) fields.splice(random.below(fields.length), 0, ...fields.splice(place, 1));
  else fields.push([field[0], random.pick(VALUES)]);
}

function write(random: Random, fields: readonly [string, string][]): string {
  const space = random.below(12) === 0 ? random.pick([" ", "\n", "\t"]) : "";
  const event = `{${fields.map(([name, value]) => `"${name}":${space}${value}`).join(",")}}`;
  const stream = random.pick([
    "btcusdt@aggTrade",
    "pepeusdt@aggTrade",
    "!serverShutdown",
    "\u00e4",
  ]);
  const wrapped = random.below(12) === 0
    ? `{"data":${event},"stream":"${stream}"}`
    : `{"stream":"${random.below(3) > 0 ? "btcusdt@aggTrade" : stream}","data":${event}}`;
  return random.below(2) === 0 ? event : wrapped;
}

/** Mutates bytes: flips, drops, inserts or appends one, repeats a run, or cuts the end. */
function bendBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const place = random.below(bytes.length);
  const kind = random.below(7);
  if (kind === 0) return bytes.slice(0, place);
  const bent = [...bytes];
  if (kind === 1) bent[place] = random.pick(BYTES);
  else if (kind === 2) bent[place] = (bent[place] ?? 0) ^ (1 << random.below(8));
  else if (kind === 3) bent.splice(place, 1 + random.below(4));
  else if (kind === 4) bent.splice(place, 0, random.pick(BYTES));
  else if (kind === 5) bent.push(random.pick(BYTES));
  else bent.splice(place, 0, ...bent.slice(random.below(place + 1), place));
  return Uint8Array.from(bent);
}

/**
 * Generates frames: some valid, most mutated in fields, bytes or both, a few of random bytes; some
 * from real frames, if there are any. The same seed gives the same frames.
 *
 * @param real Frames of the exchange to mutate besides generated ones.
 */
export function* makeFrames(
  seed: number,
  real: readonly Uint8Array[] = [],
): Generator<Uint8Array, never> {
  const random = new Random(seed);
  for (;;) {
    const way = random.below(10);
    if (way === 0) {
      yield Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      continue;
    }
    const fields = soundEvent(random);
    for (let bends = way < 3 ? 0 : random.below(3); bends > 0 && fields.length > 0; bends--) {
      bendFields(random, fields);
    }
    const chosen = way > 6 ? real[random.below(real.length)] : undefined;
    let bytes = chosen ?? encoder.encode(write(random, fields));
    for (let bends = random.below(2) * random.below(4); bends > 0 && bytes.length > 0; bends--) {
      bytes = bendBytes(random, bytes);
    }
    yield bytes;
  }
}
