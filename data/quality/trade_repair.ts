import { FaultLog } from "../files/row_errors.ts";
import { firstOfEach, sortedBy } from "../files/sorted_rows.ts";
import { findHoles, type TradeQuality } from "./trade_quality.ts";
import { TRADE_COLUMNS, type TradeColumn, type TradeRows } from "../files/trade_rows.ts";

/** Trades as columns, all of one length. */
export type TradeColumns = Readonly<Record<TradeColumn, Float64Array>>;

/** The trades of one market, and what was done to them. */
export interface RepairedTrades {
  /** Each id once, in order. */
  readonly trades: TradeColumns;
  readonly quality: TradeQuality;
}

const ID = TRADE_COLUMNS.indexOf("id");
const PRICE = TRADE_COLUMNS.indexOf("price");
const QUANTITY = TRADE_COLUMNS.indexOf("quantity");
const TIME = TRADE_COLUMNS.indexOf("trade_time");

function isVoid({ rows }: TradeRows, row: number): boolean {
  return rows.at(row, PRICE) === 0 && rows.at(row, QUANTITY) === 0;
}

/** What is wrong with a trade's numbers; undefined when nothing is. */
function findFault(source: TradeRows, row: number): string | undefined {
  const { rows } = source;
  const id = rows.at(row, ID);
  if (!(Number.isSafeInteger(id) && id >= 0)) {
    return `id must be a whole number from 0: it is ${id}`;
  }
  if (isVoid(source, row)) return undefined;
  for (const i of [PRICE, QUANTITY]) {
    const value = rows.at(row, i);
    if (!(value > 0)) return `${TRADE_COLUMNS[i]} must be above 0: it is ${value}`;
  }
}

function findDifference({ rows }: TradeRows, first: number, further: number): string | undefined {
  for (const [i, name] of TRADE_COLUMNS.entries()) {
    const [a, b] = [rows.at(first, i), rows.at(further, i)];
    if (a !== b) return `id ${rows.at(first, ID)}: ${name} is ${b} where an earlier row has ${a}`;
  }
}

/**
 * Makes clean trades of what was read: order and duplicates are repaired, void rows dropped, rows
 * that cannot be trades left out and named. Of rows that contradict each other the first stands.
 */
export function repairTrades(source: TradeRows): RepairedTrades {
  const { rows } = source;
  const faults = new FaultLog(source.faults.counts());
  const usable = new Uint32Array(rows.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    const what = findFault(source, row);
    if (what === undefined) usable[count++] = row;
    else faults.add("negative", source.fault(row, what));
  }
  let duplicates = 0;
  const ordered = sortedBy(rows, ID, usable.slice(0, count));
  const unique = firstOfEach(rows, ID, ordered, (first, further) => {
    const difference = findDifference(source, first, further);
    if (difference === undefined) duplicates++;
    else faults.add("conflict", source.fault(further, difference));
    return false;
  });
  const kept = unique.filter((row) => !isVoid(source, row));
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
  const quality: TradeQuality = {
    symbol: source.symbol,
    market: source.market,
    files: source.files,
    rows: source.read,
    trades: kept.length,
    from: trades.trade_time[0],
    to: trades.trade_time.at(-1),
    repaired: {
      duplicates,
      outOfOrder: source.outOfOrder(ID),
      microseconds: source.microseconds,
      voids: unique.length - kept.length,
    },
    faults: faults.counts(),
    holes: findHoles(rows.column(ID, unique), rows.column(TIME, unique)),
  };
  return { trades, quality };
}
