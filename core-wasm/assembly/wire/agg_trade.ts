/** The longest frame that is looked at; one of the exchange has some 250 bytes. */
const MAX_BYTES: usize = 2048;
/** Room for reading whole words at the frame's end. */
const frame: usize = memory.data(2048 + 16, 16);
const fields: usize = memory.data(11 * 8, 8);

const MAX_SAFE_INTEGER: i64 = 9007199254740991;
/** Digits of a whole number that may be below 2^53, and those that an i64 holds whatever they are. */
const MAX_DIGITS: usize = 16;
const I64_DIGITS: usize = 18;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const CLOSE: u8 = 0x7d;

/** Powers of ten that a double holds exactly, as far as they are needed. */
const POWERS: StaticArray<f64> = [
  1,
  1e1,
  1e2,
  1e3,
  1e4,
  1e5,
  1e6,
  1e7,
  1e8,
  1e9,
  1e10,
  1e11,
  1e12,
  1e13,
  1e14,
  1e15,
  1e16,
  1e17,
  1e18,
];

/** Where the scan stands. A zero after the frame ends every run of bytes. */
let at: usize = 0;

/** Steps over `,"k":`. */

function skipKey(key: u32): bool {
  const found = load<u32>(at) == (0x2200222c | (key << 16)) && load<u8>(at, 4) == COLON;
  at += 5;
  return found;
}

/** Reads digits up to the first byte that is none; wraps around beyond 18 of them. */

function readDigits(): i64 {
  let value: i64 = 0;
  let digit: u32 = (load<u8>(at) as u32) - 48;
  while (digit < 10) {
    value = value * 10 + digit;
    digit = (load<u8>(++at) as u32) - 48;
  }
  return value;
}

/** Reads a whole number as JSON writes it; -1 when it is none that a double holds. */
function readWhole(): i64 {
  const start = at;
  const value = readDigits();
  const digits = at - start;
  if (digits == 0 || digits > MAX_DIGITS || value > MAX_SAFE_INTEGER) return -1;
  return digits > 1 && load<u8>(start) == 48 ? -1 : value;
}

/**
 * Reads a decimal between quotes, rounded as correctly as the host rounds its text: a mantissa below
 * 2^53 over a power of ten up to 10^22, both exact, rounds once in the division (Clinger 1990).
 * -1 for any other.
 */
function readDecimal(): f64 {
  if (load<u8>(at++) != QUOTE) return -1;
  const start = at;
  const whole = readDigits();
  const digits = at - start;
  if (digits == 0 || digits > MAX_DIGITS || whole > MAX_SAFE_INTEGER) return -1;
  let fraction: i64 = 0;
  let decimals: usize = 0;
  if (load<u8>(at) == DOT) {
    const from = ++at;
    fraction = readDigits();
    decimals = at - from;
    if (decimals == 0 || decimals > I64_DIGITS) return -1;
  }
  if (load<u8>(at++) != QUOTE) return -1;
  if (fraction == 0) return whole as f64;
  if (digits + decimals > I64_DIGITS) return -1;
  const power = unchecked(POWERS[decimals as i32]);
  const mantissa = whole * (power as i64) + fraction;
  return mantissa <= MAX_SAFE_INTEGER ? (mantissa as f64) / power : -1;
}

/** Steps over a name of plain ASCII up to its closing quote; gives a hash of it, or -1. */
function skipName(): i32 {
  let hash: i32 = 0;
  let byte = load<u8>(at);
  while (byte != QUOTE) {
    if (byte <= 0x20 || byte >= 0x7f || byte == BACKSLASH) return -1;
    hash = (hash * 31 + byte) & 0x7fffffff;
    byte = load<u8>(++at);
  }
  return hash;
}

/** 1 for `true`, 0 for `false`, else -1. */
function readFlag(): i32 {
  if (load<u32>(at) == 0x65757274) {
    at += 4;
    return 1;
  }
  if (load<u32>(at) != 0x736c6166 || load<u8>(at, 4) != 0x65) return -1;
  at += 5;
  return 0;
}

/** Steps over `{"stream":"...","data":`; a name with a `!` is one of the exchange's own streams. */
function skipWrapper(): bool {
  if (load<u64>(at) != 0x6d6165727473227b || load<u32>(at, 7) != 0x223a226d) return false;
  at += 11;
  if (load<u8>(at) == 0x21 || skipName() < 0) return false;
  if (load<u64>(at) != 0x2261746164222c22 || load<u8>(at, 8) != COLON) return false;
  at += 9;
  return true;
}

/** Where the host puts a frame of at most 2,048 bytes. */
export function frameBytes(): usize {
  return frame;
}

/** The longest frame that fits. */
export function maxFrameBytes(): usize {
  return MAX_BYTES;
}

/**
 * Where the fields of the last event are, each an f64: `a`, `p`, `q`, `f`, `l`, `E`, `T`, `m` (1 or
 * 0), start and end of the symbol in the frame, and a hash of it.
 */
export function aggTradeFields(): usize {
  return fields;
}

/**
 * Reads an `aggTrade` event, raw or wrapped as `{stream,data}`, that is written byte for byte as
 * the exchange writes it: in its order of fields, without whitespace or escapes.
 *
 * @returns whether it is one; if not, nothing is said of the frame
 */
export function scanAggTrade(length: usize): bool {
  at = frame;
  const end = frame + length;
  store<u64>(end, 0);
  // The s of "stream".
  const wrapped = load<u8>(at, 2) == 0x73;
  if (wrapped && !skipWrapper()) return false;
  if (load<u64>(at) != 0x6761223a2265227b || load<u64>(at, 7) != 0x2265646172546767) return false;
  at += 15;
  if (!skipKey(0x45)) return false;
  const sent = readWhole();
  if (sent < 0 || !skipKey(0x73) || load<u8>(at++) != QUOTE) return false;
  const nameStart = at;
  const hash = skipName();
  const nameEnd = at++;
  if (hash < 0 || !skipKey(0x61)) return false;
  const id = readWhole();
  if (id < 0 || !skipKey(0x70)) return false;
  const price = readDecimal();
  if (price < 0 || !skipKey(0x71)) return false;
  const quantity = readDecimal();
  if (quantity < 0 || !skipKey(0x66)) return false;
  const first = readWhole();
  if (first < 0 || !skipKey(0x6c)) return false;
  const last = readWhole();
  if (last < 0 || !skipKey(0x54)) return false;
  const time = readWhole();
  if (time < 0 || !skipKey(0x6d)) return false;
  const maker = readFlag();
  if (maker < 0) return false;
  if (load<u8>(at) == COMMA && (!skipKey(0x4d) || readFlag() < 0)) return false;
  if (load<u8>(at++) != CLOSE || (wrapped && load<u8>(at++) != CLOSE) || at != end) return false;
  store<f64>(fields, id as f64);
  store<f64>(fields, price, 8);
  store<f64>(fields, quantity, 16);
  store<f64>(fields, first as f64, 24);
  store<f64>(fields, last as f64, 32);
  store<f64>(fields, sent as f64, 40);
  store<f64>(fields, time as f64, 48);
  store<f64>(fields, maker as f64, 56);
  store<f64>(fields, (nameStart - frame) as f64, 64);
  store<f64>(fields, (nameEnd - frame) as f64, 72);
  store<f64>(fields, hash as f64, 80);
  return true;
}
