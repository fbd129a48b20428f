import { type BarQuality, findGaps, findZeroVolume } from "./bar_quality.ts";
import type { BarRows } from "../files/bar_rows.ts";
import { type Kline, KLINE_COLUMNS, type KlineColumn } from "../schema/kline.ts";
import { findMinuteError } from "../schema/sound.ts";
import { FaultLog } from "../files/row_errors.ts";
import { firstOfEach, sortedBy } from "../files/sorted_rows.ts";

/** Bars as columns, all of one length. */
export type BarColumns = Readonly<Record<KlineColumn, Float64Array>>;

/** The bars of one market, and what was done to them. */
export interface RepairedBars {
  /** Each minute once, in order; NaN where the input does not tell. */
  readonly bars: BarColumns;
  readonly quality: BarQuality;
}

const [TIME, FIRST_NUMBER] = [0, 1];

/** The row as a kline; what the input does not tell is NaN. */
function klineOf({ rows }: BarRows, row: number): Required<Kline> {
  return {
    open_time: rows.at(row, 0),
    open: rows.at(row, 1),
    high: rows.at(row, 2),
    low: rows.at(row, 3),
    close: rows.at(row, 4),
    volume: rows.at(row, 5),
    quote_volume: rows.at(row, 6),
    num_trades: rows.at(row, 7),
    taker_buy_volume: rows.at(row, 8),
    taker_buy_quote_volume: rows.at(row, 9),
  };
}

/** The first number that both rows know and that differs; undefined when there is none. */
function findDifference({ rows }: BarRows, first: number, further: number): string | undefined {
  for (let i = FIRST_NUMBER; i < KLINE_COLUMNS.length; i++) {
    const [a, b] = [rows.at(first, i), rows.at(further, i)];
    if (a !== b && !Number.isNaN(a) && !Number.isNaN(b)) {
      const minute = new Date(rows.at(further, TIME)).toISOString();
      return `${minute}: ${KLINE_COLUMNS[i]} is ${b} where an earlier row has ${a}`;
    }
  }
}

function countKnown({ rows }: BarRows, row: number): number {
  return KLINE_COLUMNS.filter((_, i) => !Number.isNaN(rows.at(row, i))).length;
}

/**
 * Makes clean bars of what was read: what can be repaired is (order, duplicates), and rows that
 * cannot be bars are left out and named. Of rows that contradict each other the first stands, as
 * it does for `deno task train`; of rows that agree, the one that knows more.
 */
export function repairBars(source: BarRows): RepairedBars {
  const { rows } = source;
  const faults = new FaultLog(source.faults.counts());
  const usable = new Uint32Array(rows.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    const kline = klineOf(source, row);
    const error = findMinuteError(kline.open_time, kline);
    if (error === undefined) usable[count++] = row;
    else faults.add(error.kind, source.fault(row, error.what));
  }
  let duplicates = 0;
  const ordered = sortedBy(rows, TIME, usable.slice(0, count));
  const kept = firstOfEach(rows, TIME, ordered, (first, further) => {
    const difference = findDifference(source, first, further);
    if (difference !== undefined) {
      faults.add("conflict", source.fault(further, difference));
      return false;
    }
    duplicates++;
    return countKnown(source, further) > countKnown(source, first);
  });
  const column = (name: KlineColumn) => rows.column(KLINE_COLUMNS.indexOf(name), kept);
  const bars: BarColumns = {
    open_time: column("open_time"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
    quote_volume: column("quote_volume"),
    num_trades: column("num_trades"),
    taker_buy_volume: column("taker_buy_volume"),
    taker_buy_quote_volume: column("taker_buy_quote_volume"),
  };
  const quality: BarQuality = {
    symbol: source.symbol,
    market: source.market,
    files: source.files,
    rows: source.read,
    bars: kept.length,
    from: bars.open_time[0],
    to: bars.open_time.at(-1),
    repaired: {
      duplicates,
      outOfOrder: source.outOfOrder(TIME),
      microseconds: source.microseconds,
    },
    faults: faults.counts(),
    gaps: findGaps(bars.open_time),
    zeroVolume: findZeroVolume(bars.open_time, bars.volume),
  };
  return { bars, quality };
}
