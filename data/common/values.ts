import { UsageError } from "./errors.ts";
import { isSymbol } from "./symbol.ts";

/** Which texts an option or a setting accepts, and what they mean. */
export interface ValueKind<T> {
  /** What is allowed, as it follows "must be". */
  readonly allowed: string;
  /** The value; undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** All texts that are allowed, where they are few. */
  readonly choices?: readonly string[];
  /** Whether the text is kept out of messages. */
  readonly secret?: boolean;
}

/** Longest text that a message repeats, characters. */
const SHOWN = 100;

/**
 * Parses what the user gave.
 *
 * @param name The option or the setting, as the user writes it.
 * @throws UsageError naming it, what was given and what is allowed.
 */
export function parseValue<T>(name: string, kind: ValueKind<T>, text: string): T {
  const value = kind.parse(text);
  if (value !== undefined) return value;
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  const given = kind.secret === true ? "not shown" : JSON.stringify(shown);
  throw new UsageError(`${name} must be ${kind.allowed}: current value is ${given}`);
}

/** Bounds of a number, both included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** A number within bounds. */
export function numberIn({ min, max }: NumberRange): ValueKind<number> {
  return {
    allowed: `a number from ${min} to ${max}`,
    parse: (text) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** A whole number within bounds. */
export function wholeNumberIn(range: NumberRange): ValueKind<number> {
  const { allowed, parse } = numberIn(range);
  return {
    allowed: allowed.replace("a number", "a whole number"),
    parse: (text) => {
      const value = parse(text);
      return Number.isInteger(value) ? value : undefined;
    },
  };
}

/** One of a few words, in either case. */
export function oneOf<const T extends string>(choices: readonly T[]): ValueKind<T> {
  return {
    allowed: `one of ${choices.join(", ")}`,
    parse: (text) => choices.find((choice) => choice.toLowerCase() === text.toLowerCase()),
    choices,
  };
}

/** A URL of one of some protocols, such as `https:`. */
export function urlOf(protocols: readonly string[]): ValueKind<URL> {
  return {
    allowed: `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
    parse: (text) => {
      const url = URL.parse(text);
      return url !== null && protocols.includes(url.protocol) ? url : undefined;
    },
  };
}

/** Any text that matches a pattern. */
export function textLike(
  pattern: RegExp,
  allowed: string,
  options: { readonly secret?: boolean } = {},
): ValueKind<string> {
  return { allowed, parse: (text) => pattern.test(text) ? text : undefined, ...options };
}

/** A market's name, in either case; the value is upper case. */
export const symbolName: ValueKind<string> = {
  allowed: "a market's name such as BTCUSDT",
  parse: (text) => isSymbol(text.toUpperCase()) ? text.toUpperCase() : undefined,
};

/** Items between commas, without blanks around them; empty items are left out. */
export function splitList(text: string): string[] {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}
