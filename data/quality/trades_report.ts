import type { RowErrorCount } from "../files/row_errors.ts";

/** Consecutive ids without a row. */
export interface IdHole {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Time of the last trade before it and of the first after it, ms UTC. */
  readonly between: readonly [number, number];
}

/** A trade whose raw trade ids do not continue those of the trades before, without an id missing. */
export interface RawIdBreak {
  /** Id of the trade. */
  readonly id: number;
  /** The raw trade id that continues those before it. */
  readonly expected: number;
  /** The raw trade id that it begins with: above, raw trades are missing; below, they are repeated. */
  readonly first: number;
  /** Its time, ms UTC. */
  readonly time: number;
}

/** The state of one market's trades: what was repaired, and what could not be. */
export interface TradesReport {
  readonly symbol: string;
  /** `spot` or `usdm`. */
  readonly market: string;
  readonly files: readonly string[];
  /** Rows read. */
  readonly rows: number;
  /** Trades that remain: each once, in the order of ids. */
  readonly trades: number;
  /** Time of the first and of the last trade, ms UTC; undefined when there is none. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly repaired: {
    /** Rows that repeat an earlier one; dropped. */
    readonly duplicates: number;
    /** Rows whose id is below that of the row before them in their file; sorted. */
    readonly outOfOrder: number;
    /** Rows with times in microseconds; converted to milliseconds. */
    readonly microseconds: number;
    /** Void rows (price 0, quantity 0, ids -1); dropped. */
    readonly voids: number;
    /** Rows with the id of an earlier one and other raw trades; kept. */
    readonly reused: number;
  };
  /** Rows that cannot be repaired and were left out. */
  readonly errors: readonly RowErrorCount[];
  /** Ids missing between the first and the last; those of void rows are not missing. */
  readonly holes: readonly IdHole[];
  /** Where raw trades are missing or repeated although no id is missing. */
  readonly rawIdBreaks: readonly RawIdBreak[];
}

/**
 * Finds missing ids. The exchange numbers the trades of a market without gaps.
 *
 * @param ids Ascending.
 * @param times Time of each trade, ms UTC.
 */
export function findHoles(ids: Float64Array, times: Float64Array): readonly IdHole[] {
  const holes: IdHole[] = [];
  for (let i = 1; i < ids.length; i++) {
    const from = (ids[i - 1] ?? NaN) + 1;
    const to = ids[i] ?? NaN;
    if (to > from) holes.push({ from, to, between: [times[i - 1] ?? NaN, times[i] ?? NaN] });
  }
  return holes;
}

/**
 * Finds raw trades that are missing or repeated between trades without a hole. Aggregate trades hold
 * ranges of raw trades, which the exchange numbers without gaps too.
 *
 * @param ids Ascending, void rows included, whose raw ids are -1; all columns have one length.
 * @param times Time of each trade, ms UTC.
 */
export function findRawIdBreaks(
  ids: Float64Array,
  firsts: Float64Array,
  lasts: Float64Array,
  times: Float64Array,
): readonly RawIdBreak[] {
  const breaks: RawIdBreak[] = [];
  let highest = lasts[0] ?? NaN;
  for (let i = 1; i < ids.length; i++) {
    const [id = NaN, first = NaN, last = NaN] = [ids[i], firsts[i], lasts[i]];
    const follows = id <= (ids[i - 1] ?? NaN) + 1;
    const isKnown = first >= 0 && (lasts[i - 1] ?? NaN) >= 0;
    if (follows && isKnown && first !== highest + 1) {
      breaks.push({ id, expected: highest + 1, first, time: times[i] ?? NaN });
    }
    highest = follows ? Math.max(highest, last) : last;
  }
  return breaks;
}
