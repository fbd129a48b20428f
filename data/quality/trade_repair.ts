import { TRADE_COLUMNS, type TradeColumn, type TradeRows } from "../files/market_rows.ts";
import { RowFault } from "../files/row_errors.ts";
import { isVoid } from "../files/trades.ts";
import { findHoles, findRawIdBreaks, type TradesReport } from "./trades_report.ts";

/** Trades as columns, all of one length. */
export type TradeColumns = Readonly<Record<TradeColumn, Float64Array>>;

/** The trades of one market, and what was done to them. */
export interface RepairedTrades {
  /** Each trade once, in the order of ids. */
  readonly trades: TradeColumns;
  readonly report: TradesReport;
}

const ID = TRADE_COLUMNS.indexOf("id");
const PRICE = TRADE_COLUMNS.indexOf("price");
const QUANTITY = TRADE_COLUMNS.indexOf("quantity");
const FIRST = TRADE_COLUMNS.indexOf("first_trade_id");
const LAST = TRADE_COLUMNS.indexOf("last_trade_id");
const TIME = TRADE_COLUMNS.indexOf("trade_time");

/** The first number in which two rows of an id differ. */
function findConflict({ rows }: TradeRows, first: number, further: number): RowFault | undefined {
  for (const [i, name] of TRADE_COLUMNS.entries()) {
    const [a, b] = [rows.at(first, i), rows.at(further, i)];
    if (a === b) continue;
    const what = `id ${rows.at(first, ID)}: ${name} is ${b} where an earlier row has ${a}`;
    return new RowFault("conflict", what);
  }
}

/**
 * Repairs the trades of one market: sorts them by id, drops duplicates and void rows. Of rows that
 * contradict each other the first is kept; rows of one id with different raw trades do not.
 */
export function repairTrades(source: TradeRows): RepairedTrades {
  const { rows } = source;
  const errors = source.errors.copy();
  let duplicates = 0;
  let reused = 0;
  const unique = rows.firstOfEach(ID, rows.sortedBy(ID, FIRST), (first, further) => {
    // The exchange has used ids twice: raw trades that follow are other trades.
    if (rows.at(first, FIRST) >= 0 && rows.at(further, FIRST) > rows.at(first, LAST)) {
      reused++;
      return "keep";
    }
    const conflict = findConflict(source, first, further);
    if (conflict === undefined) duplicates++;
    else source.reject(further, conflict, errors);
    return "drop";
  });
  const kept = unique.filter((row) =>
    !isVoid({ price: rows.at(row, PRICE), quantity: rows.at(row, QUANTITY) })
  );
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
  const ids = rows.column(ID, unique);
  const times = rows.column(TIME, unique);
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
      voids: unique.length - kept.length,
      reused,
    },
    errors: errors.counts(),
    holes: findHoles(ids, times),
    rawIdBreaks: findRawIdBreaks(
      ids,
      rows.column(FIRST, unique),
      rows.column(LAST, unique),
      times,
    ),
  };
  return { trades, report };
}
