import { excerpt } from "../common/errors.ts";
import { toMilliseconds } from "../schema/time.ts";
import type { Fields } from "./fields.ts";
import type { OnRead } from "./lines.ts";
import { type RowErrorLog, RowFault } from "./row_errors.ts";
import { parseNumber, parseTime, readRows, type RowChunk, type RowFormat } from "./rows.ts";

/**
 * One row of a trade history file. A void row (price 0, quantity 0, ids -1) occupies an id and
 * stands for no trade.
 */
export interface TradeRow {
  /** Aggregate trade id, or the trade id in a file of raw trades. */
  readonly id: number;
  /** Price in quote currency, above 0; 0 in a void row. */
  readonly price: number;
  /** Base currency, above 0; 0 in a void row. */
  readonly quantity: number;
  /** Id of the first raw trade in the aggregate. */
  readonly firstTradeId: number;
  /** Id of the last raw trade in the aggregate. */
  readonly lastTradeId: number;
  /** Trade time, ms UTC. */
  readonly time: number;
  /** Microseconds after `time`; 0 in a file in milliseconds. */
  readonly microseconds: number;
  /** True when the aggressor sold. */
  readonly buyerIsMaker: boolean;
}

/** Whether a row occupies an id and stands for no trade. */
export function isVoid({ price, quantity }: Pick<TradeRow, "price" | "quantity">): boolean {
  return price === 0 && quantity === 0;
}

/** Raw trade files have quote quantity and time where aggregates have trade ids. */
function isRawTrade(fields: Fields): boolean {
  return !Number.isNaN(toMilliseconds(fields.number(4)));
}

function timeField(fields: Fields): number {
  return isRawTrade(fields) ? 4 : 5;
}

function findTradeFault(trade: TradeRow): RowFault | undefined {
  const { id, price, quantity, firstTradeId, lastTradeId } = trade;
  if (!(Number.isSafeInteger(id) && id >= 0)) {
    return new RowFault("negative", `id must be a whole number from 0: current value is ${id}`);
  }
  if (isVoid(trade)) return undefined;
  if (!(price > 0)) {
    return new RowFault("negative", `price must be above 0: current value is ${price}`);
  }
  if (!(quantity > 0)) {
    return new RowFault("negative", `quantity must be above 0: current value is ${quantity}`);
  }
  if (Number.isSafeInteger(firstTradeId) && firstTradeId >= 0 && lastTradeId >= firstTradeId) {
    return undefined;
  }
  const what = "last_trade_id must be first_trade_id, from 0, or above: " +
    `current values are ${lastTradeId} and ${firstTradeId}`;
  return new RowFault("negative", what);
}

/** Columns of a raw trade; an aggregate has one more. Binance's last one is to be ignored. */
const RAW_COLUMNS = 6;

const NUMBERS = ["id", "price", "quantity", "first_trade_id", "last_trade_id"] as const;

function parse(fields: Fields, columns: number): TradeRow | RowFault {
  const raw = isRawTrade(fields);
  if (fields.length !== columns || columns < (raw ? RAW_COLUMNS : RAW_COLUMNS + 1)) {
    const wanted = Math.max(columns, RAW_COLUMNS);
    const what = `there must be ${wanted} columns: current number is ${fields.length}`;
    return new RowFault("unreadable", what);
  }
  const numbers: number[] = [];
  for (let i = 0; i < NUMBERS.length; i++) {
    // A raw trade is an aggregate of its own.
    const value = parseNumber(fields, raw && i > 2 ? 0 : i, NUMBERS[i] ?? "");
    if (typeof value !== "number") return value;
    numbers.push(value);
  }
  const stamp = parseTime(fields, raw ? 4 : 5, "time");
  if (typeof stamp !== "number") return stamp;
  const maker = fields.text(raw ? 5 : 6)?.trim().toLowerCase();
  if (maker !== "true" && maker !== "false") {
    const what = `is_buyer_maker must be true or false: current value is ${excerpt(maker)}`;
    return new RowFault("unreadable", what);
  }
  const [id = NaN, price = NaN, quantity = NaN, firstTradeId = NaN, lastTradeId = NaN] = numbers;
  const time = Math.floor(stamp);
  const microseconds = Math.round((stamp - time) * 1000);
  const buyerIsMaker = maker === "true";
  const trade = {
    id,
    price,
    quantity,
    firstTradeId,
    lastTradeId,
    time,
    buyerIsMaker,
    microseconds,
  };
  return findTradeFault(trade) ?? trade;
}

const FORMAT: RowFormat<TradeRow> = {
  noun: "trades",
  header: "that of Binance's trades or aggTrades files",
  isHeader: (names) => names[1] === "price" && (names[2] === "quantity" || names[2] === "qty"),
  timeField,
  parse,
};

/**
 * Reads trades from a Binance `aggTrades` or `trades` history file, in the order of the file, void
 * rows included.
 *
 * @param path CSV, plain, gzip or zip, with or without header, times in milliseconds or microseconds.
 * @param errors Receives the rows that were left out.
 * @throws As {@linkcode readRows} does.
 */
export function readTradeRows(
  path: string,
  errors: RowErrorLog,
  onRead?: OnRead,
): AsyncGenerator<RowChunk<TradeRow>> {
  return readRows(path, FORMAT, errors, onRead);
}
