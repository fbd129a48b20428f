/** Scanner of the exchange's `aggTrade` frames. */

/** Most bytes of a frame; the exchange's frames have about 250. */
export const MAX_FRAME_BYTES: usize = 2048;
/** Address of the frame, with padding for reading whole words at its end. */
export const FRAME: usize = memory.data(2048 + 16, 16);
/** Address of the fields of the last event, an `AggTrade`. */
export const AGG_TRADE: usize = memory.data(11 * 8, 8);

/** The fields of an event, all f64; times are in the unit in which they were sent. */
@unmanaged
class AggTrade {
  id: f64;
  price: f64;
  quantity: f64;
  firstTradeId: f64;
  lastTradeId: f64;
  /** Time of the event. */
  eventTime: f64;
  /** Time of the trade. */
  time: f64;
  /** 1 when the buyer was the maker, else 0. */
  buyerIsMaker: f64;
  /** Offset of the symbol's first byte in the frame. */
  symbolStart: f64;
  /** Offset after its last byte. */
  symbolEnd: f64;
  /** Hash of the symbol's bytes, 0 to 2^31 - 1. */
  symbolHash: f64;
}

// Layout of an event for the host, in f64.
export const AGG_TRADE_LENGTH: usize = offsetof<AggTrade>() >> 3;
export const AGG_TRADE_ID: usize = offsetof<AggTrade>("id") >> 3;
export const AGG_TRADE_PRICE: usize = offsetof<AggTrade>("price") >> 3;
export const AGG_TRADE_QUANTITY: usize = offsetof<AggTrade>("quantity") >> 3;
export const AGG_TRADE_FIRST: usize = offsetof<AggTrade>("firstTradeId") >> 3;
export const AGG_TRADE_LAST: usize = offsetof<AggTrade>("lastTradeId") >> 3;
export const AGG_TRADE_EVENT_TIME: usize = offsetof<AggTrade>("eventTime") >> 3;
export const AGG_TRADE_TIME: usize = offsetof<AggTrade>("time") >> 3;
export const AGG_TRADE_MAKER: usize = offsetof<AggTrade>("buyerIsMaker") >> 3;
export const AGG_TRADE_SYMBOL: usize = offsetof<AggTrade>("symbolStart") >> 3;
export const AGG_TRADE_SYMBOL_END: usize = offsetof<AggTrade>("symbolEnd") >> 3;
export const AGG_TRADE_SYMBOL_HASH: usize = offsetof<AggTrade>("symbolHash") >> 3;

const MAX_SAFE_INTEGER: i64 = 9007199254740991;
/** Most digits of a safe integer. */
const MAX_DIGITS: usize = 16;
/** Digits that always fit an i64. */
const I64_DIGITS: usize = 18;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const CLOSE: u8 = 0x7d;

/** The needed powers of ten, all exact in a double. */
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

/** Address of the next byte. A zero after the frame ends every run of bytes. */
let at: usize = 0;

/** Skips `,"k":`. */
function skipKey(key: u32): bool {
  const found = load<u32>(at) == (0x2200222c | (key << 16)) && load<u8>(at, 4) == COLON;
  at += 5;
  return found;
}

/** Reads digits up to the first other byte; overflows beyond 18 digits. */
function readDigits(): i64 {
  let value: i64 = 0;
  let digit: u32 = (load<u8>(at) as u32) - 48;
  while (digit < 10) {
    value = value * 10 + digit;
    digit = (load<u8>(++at) as u32) - 48;
  }
  return value;
}

/** Reads an integer in JSON; -1 when it is malformed or not a safe integer. */
function readWhole(): i64 {
  const start = at;
  const value = readDigits();
  const digits = at - start;
  if (digits == 0 || digits > MAX_DIGITS || value > MAX_SAFE_INTEGER) return -1;
  return digits > 1 && load<u8>(start) == 48 ? -1 : value;
}

/**
 * Reads a quoted decimal, correctly rounded: a mantissa below 2^53 divided by a power of ten up to
 * 10^22, both exact, rounds only once (Clinger 1990). -1 for any other text.
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

/** Skips a name in printable ASCII up to its closing quote; returns its hash, or -1. */
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

/** Reads a boolean: 1 for `true`, 0 for `false`, else -1. */
function readFlag(): i32 {
  if (load<u32>(at) == 0x65757274) {
    at += 4;
    return 1;
  }
  if (load<u32>(at) != 0x736c6166 || load<u8>(at, 4) != 0x65) return -1;
  at += 5;
  return 0;
}

/** Skips `{"stream":"...","data":`; rejects names with a leading `!`, the exchange's own streams. */
function skipWrapper(): bool {
  if (load<u64>(at) != 0x6d6165727473227b || load<u32>(at, 7) != 0x223a226d) return false;
  at += 11;
  if (load<u8>(at) == 0x21 || skipName() < 0) return false;
  if (load<u64>(at) != 0x2261746164222c22 || load<u8>(at, 8) != COLON) return false;
  at += 9;
  return true;
}

/**
 * Reads an `aggTrade` event at {@link FRAME}, raw or wrapped as `{stream,data}`, in exactly the
 * exchange's form: its order of fields, without whitespace or escapes.
 *
 * @param length bytes of the frame, at most {@link MAX_FRAME_BYTES}
 * @returns whether it is such an event; otherwise the frame may still be valid in another form
 */
export function scanAggTrade(length: usize): bool {
  at = FRAME;
  const end = FRAME + length;
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
  const trade = changetype<AggTrade>(AGG_TRADE);
  trade.id = id as f64;
  trade.price = price;
  trade.quantity = quantity;
  trade.firstTradeId = first as f64;
  trade.lastTradeId = last as f64;
  trade.eventTime = sent as f64;
  trade.time = time as f64;
  trade.buyerIsMaker = maker as f64;
  trade.symbolStart = (nameStart - FRAME) as f64;
  trade.symbolEnd = (nameEnd - FRAME) as f64;
  trade.symbolHash = hash as f64;
  return true;
}
