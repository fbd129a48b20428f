import { type Period, periodOfFile } from "../../../data/files/file_name.ts";
import { TRADE_COLUMNS, TradeRows } from "../../../data/files/market_rows.ts";
import { type RowErrorCount, RowFault } from "../../../data/files/row_errors.ts";
import { isVoid } from "../../../data/files/trades.ts";
import { decimalsOf } from "../decimal.ts";
import { lowerBound, makeTradeColumns, type TradeColumns } from "../trade_columns.ts";

/** The recorded trades of one market. */
export interface RecordedTrades {
  /** Aggregate trade ids, increasing. */
  readonly ids: Float64Array;
  readonly columns: TradeColumns;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Periods of which every trade is recorded, in order. */
  readonly covered: readonly Period[];
  /** Rows that were left out. */
  readonly rowErrors: readonly RowErrorCount[];
}

const ID = TRADE_COLUMNS.indexOf("id");
const PRICE = TRADE_COLUMNS.indexOf("price");
const QUANTITY = TRADE_COLUMNS.indexOf("quantity");
const FIRST_TRADE_ID = TRADE_COLUMNS.indexOf("first_trade_id");
const LAST_TRADE_ID = TRADE_COLUMNS.indexOf("last_trade_id");
const TIME = TRADE_COLUMNS.indexOf("trade_time");
const BUYER_IS_MAKER = TRADE_COLUMNS.indexOf("buyer_is_maker");

/**
 * Selects the trades that can be sent in order: by id, each id once, void rows left out. A trade
 * that is older than the one before it is left out and recorded.
 */
function selectTrades(source: TradeRows): Uint32Array {
  const { rows } = source;
  const ordered = rows.firstOfEach(ID, rows.sortedBy(ID), () => "drop");
  let last = -Infinity;
  return ordered.filter((row) => {
    if (isVoid({ price: rows.at(row, PRICE), quantity: rows.at(row, QUANTITY) })) return false;
    const time = rows.at(row, TIME);
    if (time < last) {
      const what = `time must not be before that of the trade before it, ${last}: ` +
        `current value is ${time}`;
      source.reject(row, new RowFault("order", what), source.errors);
      return false;
    }
    last = time;
    return true;
  });
}

function decimalsOfAll(values: Float64Array): number {
  return values.reduce((decimals, value) => decimalsOf(value, decimals), 0);
}

/** Periods before the first and after the last trade of a dump, of which its name tells. */
function namedPeriods(path: string, times: Float64Array): Period[] {
  const period = periodOfFile(path);
  if (period === undefined) return [];
  const first = times[lowerBound(times, period.from, 0, times.length)] ?? NaN;
  const last = times[lowerBound(times, period.to, 0, times.length) - 1] ?? NaN;
  return [{ from: period.from, to: first + 1 }, { from: last, to: period.to }]
    .filter(({ from, to }) => from < to && to <= period.to && from >= period.from);
}

/** Joins periods that overlap or touch; the result is in order. */
function unite(periods: readonly Period[]): Period[] {
  const united: { from: number; to: number }[] = [];
  for (const { from, to } of periods.toSorted((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else united.push({ from, to });
  }
  return united;
}

/**
 * The periods in which no trade is missing. Ids are sequential, so that a jump means that trades
 * between its two sides are missing.
 *
 * @param ids Increasing.
 * @param times Ms UTC, never decreasing, one for each id.
 */
function unbrokenPeriods(ids: Float64Array, times: Float64Array): Period[] {
  const periods: Period[] = [];
  let from = times[0] ?? NaN;
  for (let i = 1; i < ids.length; i++) {
    if (ids[i] === (ids[i - 1] ?? NaN) + 1) continue;
    periods.push({ from, to: times[i - 1] ?? NaN });
    from = (times[i] ?? NaN) + 1;
  }
  periods.push({ from, to: (times.at(-1) ?? NaN) + 1 });
  return periods.filter((period) => period.from < period.to);
}

/**
 * Reads the trades of one market into memory (about 100 bytes a trade).
 *
 * @param paths Binance trade files of that market, in any order; trades that two files share are
 *   taken once.
 * @throws SyntaxError naming a file that holds something else, or too many unusable rows.
 */
export async function readRecordedTrades(
  symbol: string,
  paths: readonly string[],
): Promise<RecordedTrades> {
  const source = new TradeRows(symbol, "spot");
  for (const path of paths) await source.readFile(path);
  const selected = selectTrades(source);
  if (selected.length * 2 < source.rows.length) {
    throw new SyntaxError(
      `Cannot replay ${
        paths.join(", ")
      } as at least half of its trades must be in order of time: ` +
        `${selected.length} of ${source.rows.length} are`,
    );
  }
  const column = (index: number) => source.rows.column(index, selected);
  const [ids, prices, quantities] = [column(ID), column(PRICE), column(QUANTITY)];
  const priceDecimals = decimalsOfAll(prices);
  const quantityDecimals = decimalsOfAll(quantities);
  const columns = makeTradeColumns(selected.length);
  columns.time.set(column(TIME).map(Math.floor));
  columns.price.set(prices.map((price) => Math.round(price * 10 ** priceDecimals)));
  columns.quantity.set(quantities.map((lots) => Math.round(lots * 10 ** quantityDecimals)));
  columns.firstTradeId.set(column(FIRST_TRADE_ID));
  columns.lastTradeId.set(column(LAST_TRADE_ID));
  columns.buyerIsMaker.set(column(BUYER_IS_MAKER));
  const covered = unite([
    ...unbrokenPeriods(ids, columns.time),
    ...paths.flatMap((path) => namedPeriods(path, columns.time)),
  ]);
  const rowErrors = source.errors.counts();
  return { ids, columns, priceDecimals, quantityDecimals, covered, rowErrors };
}
