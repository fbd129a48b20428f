/** No format that is read here has more columns; the further fields of a longer line are ignored. */
const MAX_FIELDS = 64;

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** So many digits fit into 32 bits, with which a number is read several times faster. */
const HALF = 9;
const POWERS = Float64Array.from({ length: 2 * HALF + 1 }, (_, i) => Number(`1e${i}`));

const decoder = new TextDecoder();

/**
 * The fields of one line of CSV. A plain decimal number (`61837.63000000`) is read from its bytes,
 * to the same value as by `Number`. The object is reused: its content is that of the last line.
 */
export class Fields {
  /** Number of fields, without those that are skipped. */
  length = 0;
  /** Fields at the start of each line that are not counted, as the index that pandas writes. */
  skipped = 0;
  #bytes: Uint8Array = new Uint8Array();
  /** Start of each field, and behind the last one the end of the line plus 1. */
  readonly #starts = new Int32Array(MAX_FIELDS + 1);
  /** Value of each field; NaN where it is not a plain number. */
  readonly #numbers = new Float64Array(MAX_FIELDS);

  /**
   * Reads a line, which ends with LF, CR or the last byte. Quotes are dropped: no number, time or
   * flag needs them.
   *
   * @param from Where the line starts.
   * @returns Where it ends.
   */
  read(bytes: Uint8Array, from: number): number {
    this.#bytes = bytes;
    let field = 0;
    let start = from;
    /** The digits of a number: all, or the last ones, and the first nine before them. */
    let low = 0;
    let high = 0;
    let digits = 0;
    /** Number of digits before the decimal point; -1 without one. */
    let whole = -1;
    let plain = true;
    for (let i = from;; i++) {
      const code = i < bytes.length ? bytes[i] ?? LF : LF;
      if (code >= ZERO && code <= NINE) {
        if (digits === HALF) {
          high = low;
          low = 0;
        }
        low = (Math.imul(low, 10) + code - ZERO) | 0;
        digits++;
      } else if (code === COMMA || code === LF || code === CR) {
        if (field < MAX_FIELDS) {
          this.#starts[field] = start;
          this.#numbers[field] = plain ? toNumber(high, low, digits, whole) : NaN;
        }
        field++;
        start = i + 1;
        if (code !== COMMA) {
          this.#starts[Math.min(field, MAX_FIELDS)] = start;
          this.length = Math.max(0, field - this.skipped);
          return i;
        }
        low = high = digits = 0;
        whole = -1;
        plain = true;
      } else if (code === POINT && whole < 0) {
        whole = digits;
      } else if (code !== QUOTE) {
        plain = false;
      }
    }
  }

  /** The text of a field; undefined beyond the last one. */
  text(index: number): string | undefined {
    const place = index + this.skipped;
    if (index >= this.length || place >= MAX_FIELDS) return undefined;
    const end = (this.#starts[place + 1] ?? 0) - 1;
    return decoder.decode(this.#bytes.subarray(this.#starts[place], end)).replaceAll('"', "");
  }

  /** The texts of the fields. */
  texts(): string[] {
    return Array.from({ length: Math.min(this.length, MAX_FIELDS) }, (_, i) => this.text(i) ?? "");
  }

  /** The value of a field, as `Number` has it; NaN where it is empty or no number. */
  number(index: number): number {
    if (index >= this.length) return NaN;
    const value = this.#numbers[index + this.skipped] ?? NaN;
    if (!Number.isNaN(value)) return value;
    const text = this.text(index)?.trim() ?? "";
    return text === "" ? NaN : Number(text);
  }
}

/**
 * Whole numbers up to 2^53 and the powers of ten up to 22 are exact in f64, so that their quotient
 * is rounded once, as the decimal number itself would be.
 *
 * @returns NaN where the digits are more than that.
 */
function toNumber(high: number, low: number, digits: number, whole: number): number {
  if (digits === 0 || digits > 2 * HALF) return NaN;
  const mantissa = digits > HALF ? high * (POWERS[digits - HALF] ?? NaN) + low : low;
  if (mantissa > Number.MAX_SAFE_INTEGER) return NaN;
  return whole < 0 ? mantissa : mantissa / (POWERS[digits - whole] ?? NaN);
}
