import { isSymbol } from "../../../data/common/symbol.ts";
import type { Instant } from "./plan.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The error for a malformed value. */
function expected(what: string, given: string | undefined): SyntaxError {
  const end = given === undefined ? "there is none" : `current value is "${given}"`;
  return new SyntaxError(`its value must be ${what}: ${end}`);
}

/** Whether a word looks like a rate: `1%` or `0.01`. */
export function isRate(word: string): boolean {
  return /^(\d+\.?\d*|\.\d+)%?$/.test(word);
}

/** @throws SyntaxError unless it is a share from 0 to 1. */
export function parseRate(word: string): number {
  const rate = word.endsWith("%") ? Number(word.slice(0, -1)) / 100 : Number(word);
  if (isRate(word) && rate <= 1) return rate;
  throw expected("a rate from 0 % to 100 % (1% or 0.01)", word);
}

/**
 * Reads a duration such as `200ms`, `2s`, `1.5h` or `1h30m`.
 *
 * @returns Milliseconds.
 * @throws SyntaxError for anything else.
 */
export function parseDuration(word: string | undefined): number {
  const parts = word?.matchAll(/(\d+\.?\d*)(ms|s|m|h|d)/g) ?? [];
  let ms = 0;
  let length = 0;
  for (const [text, amount, unit = ""] of parts) {
    ms += Number(amount) * (UNIT_MS[unit] ?? NaN);
    length += text.length;
  }
  if (length === word?.length && ms > 0) return ms;
  throw expected("a duration above 0 (200ms, 2s, 5m, 1h30m, 1d)", word);
}

/**
 * Reads a duration or a range of them, `200ms..2s`.
 *
 * @throws SyntaxError for anything else, and for a range whose end is before its start.
 */
export function parseDurations(word: string | undefined): { from: number; to: number } {
  const [first, second, ...more] = word?.split("..") ?? [];
  const from = parseDuration(first);
  const to = second === undefined ? from : parseDuration(second);
  if (from <= to && more.length === 0) return { from, to };
  throw expected("a duration or a range of them (200ms..2s)", word);
}

/** @throws SyntaxError unless it is a duration with a sign, or 0. */
export function parseOffset(word: string | undefined): number {
  const [, sign, duration] = /^([+-])(.+)$/.exec(word ?? "") ?? [];
  if (sign === undefined) throw expected("a duration with a sign (+1500ms, -2s)", word);
  return sign === "-" ? -parseDuration(duration) : parseDuration(duration);
}

/** @throws SyntaxError unless it is a whole number within bounds. */
export function parseWhole(word: string | undefined, min: number, max: number): number {
  const value = /^\d+$/.test(word ?? "") ? Number(word) : NaN;
  if (value >= min && value <= max) return value;
  throw expected(`a whole number from ${min} to ${max}`, word);
}

/** @throws SyntaxError unless it is the name of a market. */
export function parseMarket(word: string | undefined): string {
  if (word !== undefined && isSymbol(word)) return word;
  throw expected("a market's name such as BTCUSDT", word);
}

/** @throws SyntaxError unless it is a status with which a server refuses. */
export function parseStatus(word: string | undefined): number {
  const status = /^\d+$/.test(word ?? "") ? Number(word) : NaN;
  if (status >= 400 && status <= 599) return status;
  throw expected("an HTTP status from 400 to 599", word);
}

/**
 * Reads a close code that a server may send (RFC 6455 section 7.4): 1004 to 1006 never are.
 *
 * @throws SyntaxError for anything else.
 */
export function parseCloseCode(word: string | undefined): number {
  const code = /^\d+$/.test(word ?? "") ? Number(word) : NaN;
  const standard = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  if (standard || (code >= 3000 && code <= 4999)) return code;
  throw expected("a close code (1000 to 1003, 1007 to 1014, 3000 to 4999)", word);
}

function parseInstant(word: string): Instant {
  const [clock, hours, minutes, seconds = "0"] = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(word) ?? [];
  if (clock !== undefined) {
    return { sinceStart: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 };
  }
  if (/^\d{4}-\d\d-\d\dT/.test(word)) {
    const utc = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(word) ? word : `${word}Z`);
    if (Number.isFinite(utc)) return { utc };
  } else if (/^[\d.]+[a-z]/.test(word)) {
    return { sinceStart: parseDuration(word) };
  }
  throw expected("a time (00:10, 2h after the clock's start, or 2024-05-01T00:10:00Z)", word);
}

/** @throws SyntaxError unless it is a time or several, separated by commas. */
export function parseInstants(word: string | undefined): Instant[] {
  return (word ?? "").split(",").map(parseInstant);
}
