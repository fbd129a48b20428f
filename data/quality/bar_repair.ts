import { type BarQuality, findGaps, findZeroVolume } from "./bar_quality.ts";
import { BAR_COLUMNS, type BarColumn, type BarFault, type BarRows } from "../files/bar_rows.ts";
import { FaultLog } from "../files/row_errors.ts";
import { MINUTE_MS } from "../files/klines.ts";
import { firstOfEach, sortedBy } from "../files/sorted_rows.ts";

/** Bars as columns, all of one length. */
export type BarColumns = Readonly<Record<BarColumn, Float64Array>>;

/** The bars of one market, and what was done to them. */
export interface RepairedBars {
  /** Each minute once, in order; NaN where the input does not tell. */
  readonly bars: BarColumns;
  readonly quality: BarQuality;
}

const [TIME, OPEN, HIGH, LOW, CLOSE] = [0, 1, 2, 3, 4];

/** What is wrong with a bar's numbers; undefined when nothing is. */
function findFault({ rows }: BarRows, row: number): readonly [BarFault, string] | undefined {
  for (let i = OPEN; i < BAR_COLUMNS.length; i++) {
    const value = rows.at(row, i);
    const name = BAR_COLUMNS[i];
    if (i <= CLOSE && !(value > 0)) return ["negative", `${name} must be above 0: it is ${value}`];
    if (value < 0) return ["negative", `${name} must be 0 or more: it is ${value}`];
  }
  const open = rows.at(row, OPEN);
  const high = rows.at(row, HIGH);
  const low = rows.at(row, LOW);
  const close = rows.at(row, CLOSE);
  if (!(low <= Math.min(open, close) && Math.max(open, close) <= high)) {
    const what = `open ${open}, high ${high}, low ${low}, close ${close}`;
    return ["ohlc", `low must be the lowest and high the highest price: ${what}`];
  }
  const time = rows.at(row, TIME);
  if (time % MINUTE_MS === 0) return undefined;
  return ["misaligned", `it must open on a full minute: it opens at ${time} ms`];
}

/** The first number that both rows know and that differs; undefined when there is none. */
function findDifference({ rows }: BarRows, first: number, further: number): string | undefined {
  for (let i = OPEN; i < BAR_COLUMNS.length; i++) {
    const [a, b] = [rows.at(first, i), rows.at(further, i)];
    if (a !== b && !Number.isNaN(a) && !Number.isNaN(b)) {
      const minute = new Date(rows.at(further, TIME)).toISOString();
      return `${minute}: ${BAR_COLUMNS[i]} is ${b} where an earlier row has ${a}`;
    }
  }
}

function countKnown({ rows }: BarRows, row: number): number {
  return BAR_COLUMNS.filter((_, i) => !Number.isNaN(rows.at(row, i))).length;
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
    const [kind, what] = findFault(source, row) ?? [];
    if (kind === undefined) usable[count++] = row;
    else faults.add(kind, source.fault(row, what ?? ""));
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
  const column = (name: BarColumn) => rows.column(BAR_COLUMNS.indexOf(name), kept);
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
