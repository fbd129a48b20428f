import type { KlineRows } from "../files/market_rows.ts";
import { RowFault } from "../files/row_errors.ts";
import { KLINE_COLUMNS, type KlineColumn } from "../schema/kline.ts";
import { type BarsReport, findGaps, findPromised, findZeroVolume } from "./bars_report.ts";

/** Bars as columns, all of one length. */
export type BarColumns = Readonly<Record<KlineColumn, Float64Array>>;

/** The bars of one market, and what was done to them. */
export interface RepairedBars {
  /** Each minute once, in order; NaN where the input lacks a value. */
  readonly bars: BarColumns;
  readonly report: BarsReport;
}

const TIME = KLINE_COLUMNS.indexOf("open_time");

/** The first number that two rows of a minute both have and that differs. */
function findConflict({ rows }: KlineRows, first: number, further: number): RowFault | undefined {
  for (const [i, name] of KLINE_COLUMNS.entries()) {
    const [a, b] = [rows.at(first, i), rows.at(further, i)];
    if (a === b || Number.isNaN(a) || Number.isNaN(b)) continue;
    const minute = new Date(rows.at(further, TIME)).toISOString();
    return new RowFault("conflict", `${minute}: ${name} is ${b} where an earlier row has ${a}`);
  }
}

function countKnown({ rows }: KlineRows, row: number): number {
  return KLINE_COLUMNS.filter((_, i) => !Number.isNaN(rows.at(row, i))).length;
}

/**
 * Repairs the bars of one market: sorts them and drops duplicates. Of rows that contradict each
 * other the first is kept, as `deno task train` does; of rows that agree, the one with more values.
 */
export function repairBars(source: KlineRows): RepairedBars {
  const { rows } = source;
  const errors = source.errors.copy();
  let duplicates = 0;
  const kept = rows.firstOfEach(TIME, rows.sortedBy(TIME), (first, further) => {
    const conflict = findConflict(source, first, further);
    if (conflict !== undefined) {
      source.reject(further, conflict, errors);
      return "drop";
    }
    duplicates++;
    return countKnown(source, further) > countKnown(source, first) ? "replace" : "drop";
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
  const report: BarsReport = {
    symbol: source.symbol,
    market: source.market,
    files: source.files,
    rows: errors.rows,
    bars: kept.length,
    from: bars.open_time[0],
    to: bars.open_time.at(-1),
    repaired: {
      duplicates,
      outOfOrder: source.outOfOrder(TIME),
      microseconds: source.microseconds,
    },
    errors: errors.counts(),
    gaps: findGaps(bars.open_time),
    promised: findPromised(source.files, bars.open_time),
    zeroVolume: findZeroVolume(bars.open_time, bars.volume),
  };
  return { bars, report };
}
