import { TRADE_COLUMNS, type TradeColumn, type TradeRows } from "../files/market_rows.ts";
import { RowFault } from "../files/row_errors.ts";
import { isVoid } from "../files/trades.ts";
import { findHoles, type TradesReport } from "./trades_report.ts";

/** Trades as columns, all of one length. */
export type TradeColumns = Readonly<Record<TradeColumn, Float64Array>>;

/** The trades of one market, and what was done to them. */
export interface RepairedTrades {
  /** Each raw trade in one of them, in order. */
  readonly trades: TradeColumns;
  readonly report: TradesReport;
}

const ID = TRADE_COLUMNS.indexOf("id");
const PRICE = TRADE_COLUMNS.indexOf("price");
const QUANTITY = TRADE_COLUMNS.indexOf("quantity");
const FIRST = TRADE_COLUMNS.indexOf("first_trade_id");
const LAST = TRADE_COLUMNS.indexOf("last_trade_id");

/**
 * Repairs the trades of one market: sorts them by their raw trade ids, drops duplicates and void rows.
 * Of rows that hold the same raw trades the first is kept. Raw ids are taken rather than aggregate
 * ids: they alone show what is missing or there twice where an aggregate id is used again.
 */
export function repairTrades(source: TradeRows): RepairedTrades {
  const { rows } = source;
  const errors = source.errors.copy();
  let duplicates = 0;
  let voids = 0;
  let reused = 0;
  let last: number | undefined;
  const isEqual = (row: number, other: number) =>
    TRADE_COLUMNS.every((_, column) => rows.at(row, column) === rows.at(other, column));
  const kept = rows.sortedBy(FIRST).filter((row) => {
    if (isVoid({ price: rows.at(row, PRICE), quantity: rows.at(row, QUANTITY) })) {
      voids++;
      return false;
    }
    if (last === undefined || rows.at(row, FIRST) > rows.at(last, LAST)) {
      if (last !== undefined && rows.at(row, ID) === rows.at(last, ID)) reused++;
      last = row;
      return true;
    }
    if (isEqual(row, last)) {
      duplicates++;
    } else {
      const raw = `raw trades ${rows.at(row, FIRST)} to ${rows.at(row, LAST)}`;
      const what = `${raw} of id ${rows.at(row, ID)} are, in whole or in part, in an earlier row`;
      source.reject(row, new RowFault("conflict", what), errors);
    }
    return false;
  });
  const column = (name: TradeColumn) => rows.column(TRADE_COLUMNS.indexOf(name), kept);
  const trades: TradeColumns = {
    id: column("id"),
    price: column("price"),
    quantity: column("quantity"),
    first_trade_id: column("first_trade_id"),
    last_trade_id: column("last_trade_id"),
    trade_time: column("trade_time"),
    buyer_is_maker: column("buyer_is_maker"),
  };
  const report: TradesReport = {
    symbol: source.symbol,
    market: source.market,
    files: source.files,
    rows: errors.rows,
    trades: kept.length,
    from: trades.trade_time[0],
    to: trades.trade_time.at(-1),
    repaired: {
      duplicates,
      outOfOrder: source.outOfOrder(ID),
      microseconds: source.microseconds,
      voids,
      reused,
    },
    errors: errors.counts(),
    holes: findHoles(trades.first_trade_id, trades.last_trade_id, trades.trade_time),
  };
  return { trades, report };
}
