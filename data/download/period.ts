import { UsageError } from "../common/errors.ts";
import type { Period } from "../files/file_name.ts";
import { DAY_MS } from "../schema/time.ts";

/** The exchange opened in 2017. */
const FIRST = Date.UTC(2017, 0);

/** A calendar month of an order. */
export interface Month extends Period {
  /** `2025-01`, as in file names. */
  readonly name: string;
  /** Whether all of the month is ordered, so that its monthly file serves. */
  readonly whole: boolean;
  /** The ordered days of the month, each by its start, ms UTC. */
  readonly days: readonly number[];
}

/** A day as in file names, `2025-01-31`. */
export function dayName(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

function parseDate(option: string, given: string): Period {
  const [, yearText, monthText, dayText] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(given) ?? [];
  const year = Number(yearText);
  const month = Number(monthText) - 1;
  const from = Date.UTC(year, month, Number(dayText ?? 1));
  const isDate = from >= FIRST && new Date(from).toISOString().startsWith(given);
  if (isDate && dayText === undefined) return { from, to: Date.UTC(year, month + 1) };
  if (isDate) return { from, to: from + DAY_MS };
  throw new UsageError(
    `--${option} must be a month or a day from 2017 on, as 2024-05 or 2024-05-31: ` +
      `current value is ${JSON.stringify(given)}`,
  );
}

/**
 * The period from `--from` to `--to`, both included.
 *
 * @param from `YYYY-MM` or `YYYY-MM-DD`; a month means its first day.
 * @param to The same; a month means its last day.
 * @param now The present, ms UTC.
 * @throws UsageError for what is no date, what has not begun, and for an end before the start.
 */
export function parsePeriod(from: string, to: string, now = Date.now()): Period {
  const [first, last] = [parseDate("from", from), parseDate("to", to)];
  for (const [option, given, period] of [["from", from, first], ["to", to, last]] as const) {
    if (period.from <= now) continue;
    throw new UsageError(
      `--${option} must not be in the future: current value is ${JSON.stringify(given)}`,
    );
  }
  const period = { from: first.from, to: last.to };
  if (period.from < period.to) return period;
  throw new UsageError(`--to must not be before --from: from ${from} to ${to}`);
}

/** The months that a period touches, oldest first. */
export function monthsOf({ from, to }: Period): Month[] {
  const months: Month[] = [];
  const first = new Date(from);
  for (let start = Date.UTC(first.getUTCFullYear(), first.getUTCMonth()); start < to;) {
    const date = new Date(start);
    const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    const days: number[] = [];
    for (let day = Math.max(start, from); day < Math.min(end, to); day += DAY_MS) days.push(day);
    const whole = from <= start && end <= to;
    months.push({ name: dayName(start).slice(0, 7), from: start, to: end, whole, days });
    start = end;
  }
  return months;
}

/** Days, oldest first, in words: runs of them as `2025-12-09 to 2025-12-31`. */
export function describeDays(days: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && day === run.last + DAY_MS) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs
    .map(({ first, last }) => dayName(first) + (last > first ? ` to ${dayName(last)}` : ""))
    .join(", ");
}
