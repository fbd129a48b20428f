import type { BarFault } from "../files/bar_rows.ts";
import type { FaultCount } from "../files/row_errors.ts";
import { MINUTE_MS } from "../schema/time.ts";

/** A stretch of minutes. */
export interface Stretch {
  /** Open time of its first minute, ms UTC. */
  readonly from: number;
  /** Open time of the first minute after it, ms UTC. */
  readonly to: number;
  readonly minutes: number;
}

/** What the bars of one market are like: what was repaired, and what could not be. */
export interface BarQuality {
  readonly symbol: string;
  readonly market: string;
  readonly files: readonly string[];
  /** Rows read. */
  readonly rows: number;
  /** Bars that are left: each minute once, in order. */
  readonly bars: number;
  /** Open time of the first bar, ms UTC; undefined when there is none. */
  readonly from: number | undefined;
  /** Open time of the last bar, ms UTC; undefined when there is none. */
  readonly to: number | undefined;
  readonly repaired: {
    /** Rows that say again what an earlier one said; dropped. */
    readonly duplicates: number;
    /** Rows earlier than the row before them in their file; sorted in. */
    readonly outOfOrder: number;
    /** Rows with times in microseconds; now in milliseconds. */
    readonly microseconds: number;
  };
  /** Rows left out because nothing can repair them. */
  readonly faults: readonly FaultCount<BarFault>[];
  /** Minutes that are missing between the first and the last bar. */
  readonly gaps: readonly Stretch[];
  /** Runs of minutes in which nothing was traded. */
  readonly zeroVolume: readonly Stretch[];
}

/** Number of minutes in all stretches. */
export function countMinutes(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { minutes }) => sum + minutes, 0);
}

function stretch(from: number, to: number): Stretch {
  return { from, to, minutes: (to - from) / MINUTE_MS };
}

/**
 * Finds missing minutes.
 *
 * @param openTimes Full minutes, ms UTC, strictly ascending.
 */
export function findGaps(openTimes: Float64Array): readonly Stretch[] {
  const gaps: Stretch[] = [];
  let next = openTimes[0] ?? NaN;
  for (const time of openTimes) {
    if (time > next) gaps.push(stretch(next, time));
    next = time + MINUTE_MS;
  }
  return gaps;
}

/**
 * Finds runs of minutes without volume; a missing minute ends a run.
 *
 * @param openTimes Full minutes, ms UTC, strictly ascending.
 * @param volumes Volume of each.
 */
export function findZeroVolume(
  openTimes: Float64Array,
  volumes: Float64Array,
): readonly Stretch[] {
  const runs: Stretch[] = [];
  let from = NaN;
  let next = NaN;
  for (const [i, time] of openTimes.entries()) {
    const empty = volumes[i] === 0;
    if (from === from && !(empty && time === next)) {
      runs.push(stretch(from, next));
      from = NaN;
    }
    if (empty && from !== from) from = time;
    next = time + MINUTE_MS;
  }
  if (from === from) runs.push(stretch(from, next));
  return runs;
}
