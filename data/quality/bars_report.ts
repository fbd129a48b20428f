import { periodOfFile } from "../files/file_name.ts";
import type { RowErrorCount } from "../files/row_errors.ts";
import { MINUTE_MS } from "../schema/time.ts";

/** A run of minutes. */
export interface MinuteRange {
  /** Open time of its first minute, ms UTC. */
  readonly from: number;
  /** Open time of the first minute after it, ms UTC. */
  readonly to: number;
  readonly minutes: number;
}

/** The state of one market's bars: what was repaired, and what could not be. */
export interface BarsReport {
  readonly symbol: string;
  /** `spot` or `usdm`; of a journal also another source than the exchange. */
  readonly market: string;
  readonly files: readonly string[];
  /** Rows read. */
  readonly rows: number;
  /** Bars that remain: each minute once, in order. */
  readonly bars: number;
  /** Open time of the first bar, ms UTC; undefined when there is none. */
  readonly from: number | undefined;
  /** Open time of the last bar, ms UTC; undefined when there is none. */
  readonly to: number | undefined;
  readonly repaired: {
    /** Rows that repeat an earlier one; dropped. */
    readonly duplicates: number;
    /** Rows earlier than the row before them in their file; sorted. */
    readonly outOfOrder: number;
    /** Rows with times in microseconds; converted to milliseconds. */
    readonly microseconds: number;
  };
  /** Rows that cannot be repaired and were left out. */
  readonly errors: readonly RowErrorCount[];
  /** Minutes missing between the first and the last bar. */
  readonly gaps: readonly MinuteRange[];
  /**
   * Minutes before the first or after the last bar that are missing too: they are of the day or
   * month that the name of a file promises.
   */
  readonly promised: readonly MinuteRange[];
  /** Runs of minutes without a trade. */
  readonly zeroVolume: readonly MinuteRange[];
}

/** Number of minutes in all runs. */
export function countMinutes(ranges: readonly MinuteRange[]): number {
  return ranges.reduce((sum, { minutes }) => sum + minutes, 0);
}

function minuteRange(from: number, to: number): MinuteRange {
  return { from, to, minutes: (to - from) / MINUTE_MS };
}

/**
 * Finds missing minutes.
 *
 * @param openTimes Full minutes, ms UTC, strictly ascending.
 */
export function findGaps(openTimes: Float64Array): readonly MinuteRange[] {
  const gaps: MinuteRange[] = [];
  let next = openTimes[0] ?? NaN;
  for (const time of openTimes) {
    if (time > next) gaps.push(minuteRange(next, time));
    next = time + MINUTE_MS;
  }
  return gaps;
}

/**
 * Finds the minutes that the names of files promise and that are before the first or after the last
 * bar. Binance's dumps are named after the day or the month that they hold.
 *
 * @param files Paths; a name without a day or month promises nothing.
 * @param openTimes Full minutes, ms UTC, strictly ascending.
 */
export function findPromised(
  files: readonly string[],
  openTimes: Float64Array,
): readonly MinuteRange[] {
  const first = openTimes[0] ?? Infinity;
  const end = (openTimes.at(-1) ?? -Infinity) + MINUTE_MS;
  const missing = files.flatMap((file) => {
    const period = periodOfFile(file);
    if (period === undefined) return [];
    const before = minuteRange(period.from, Math.min(period.to, first));
    const after = minuteRange(Math.max(period.from, end), period.to);
    return [before, after].filter(({ minutes }) => minutes > 0);
  });
  return joined(missing);
}

/** The ranges in order, without what they share. */
function joined(ranges: readonly MinuteRange[]): readonly MinuteRange[] {
  const result: MinuteRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || range.from > last.to) result.push(range);
    else result[result.length - 1] = minuteRange(last.from, Math.max(last.to, range.to));
  }
  return result;
}

/**
 * Finds runs of minutes without volume. A missing minute ends a run.
 *
 * @param openTimes Full minutes, ms UTC, strictly ascending.
 * @param volumes Volume of each minute.
 */
export function findZeroVolume(
  openTimes: Float64Array,
  volumes: Float64Array,
): readonly MinuteRange[] {
  const runs: MinuteRange[] = [];
  let from: number | undefined;
  let next = NaN;
  for (const [i, time] of openTimes.entries()) {
    const empty = volumes[i] === 0;
    if (from !== undefined && !(empty && time === next)) {
      runs.push(minuteRange(from, next));
      from = undefined;
    }
    if (empty) from ??= time;
    next = time + MINUTE_MS;
  }
  if (from !== undefined) runs.push(minuteRange(from, next));
  return runs;
}
