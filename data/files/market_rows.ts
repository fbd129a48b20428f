import { type Kline, KLINE_COLUMNS } from "../schema/kline.ts";
import { findKlineFault, readKlines } from "./klines.ts";
import type { OnRead } from "./lines.ts";
import { RowBuffer } from "./row_buffer.ts";
import { RowErrorLog, RowFault } from "./row_errors.ts";
import { readTradeRows } from "./trades.ts";

/** Sound rows of one market in the order of the files, and where each is from; nothing repaired. */
export abstract class MarketRows {
  readonly symbol: string;
  /** `spot` or `usdm`; of a journal also another source than the exchange. */
  readonly market: string;
  /** The files and journals that were read. */
  readonly files: string[] = [];
  readonly errors = new RowErrorLog();
  /** The numbers of each row, followed by the index of its place and its line. */
  readonly rows: RowBuffer;
  /** Rows whose times were in microseconds. */
  microseconds = 0;
  /** Files, and entries of archives, that rows are from. */
  readonly #places: string[] = [];
  readonly #width: number;

  /** @param width Numbers in a row. */
  constructor(symbol: string, market: string, width: number) {
    this.symbol = symbol;
    this.market = market;
    this.#width = width;
    this.rows = new RowBuffer(width + 2);
  }

  /** Adds the rows of a Binance file. @throws As `readRows` does. */
  abstract readFile(path: string, onRead?: OnRead): Promise<void>;

  /** @param numbers The row's numbers; used up. */
  protected push(numbers: number[], file: string, line: number): void {
    if (this.#places.at(-1) !== file) this.#places.push(file);
    numbers.push(this.#places.length - 1, line);
    this.rows.push(numbers);
  }

  /** How many rows have less in a column than the row before them in their file. */
  outOfOrder(column: number): number {
    let count = 0;
    for (let row = 1; row < this.rows.length; row++) {
      const isLess = this.rows.at(row, column) < this.rows.at(row - 1, column);
      const isSameFile = this.rows.at(row, this.#width) === this.rows.at(row - 1, this.#width);
      if (isLess && isSameFile) count++;
    }
    return count;
  }

  /** Records in a log that a row of these is left out. */
  reject(row: number, fault: RowFault, log: RowErrorLog): void {
    const file = this.#places[this.rows.at(row, this.#width)] ?? "";
    log.add(fault, file, this.rows.at(row, this.#width + 1));
  }
}

/** Klines of one market, in the columns {@linkcode KLINE_COLUMNS}; NaN where one is not known. */
export class KlineRows extends MarketRows {
  constructor(symbol: string, market: string) {
    super(symbol, market, KLINE_COLUMNS.length);
  }

  override async readFile(path: string, onRead?: OnRead): Promise<void> {
    this.files.push(path);
    for await (const { file, rows, lines, microseconds } of readKlines(path, this.errors, onRead)) {
      this.microseconds += microseconds;
      for (let i = 0; i < rows.length; i++) {
        const kline = rows[i];
        if (kline !== undefined) this.#push(kline, file, lines[i] ?? NaN);
      }
    }
  }

  /** Adds a kline from elsewhere, or records why it is left out. */
  add(kline: Kline | RowFault, file: string, line: number): void {
    if (this.files.at(-1) !== file) this.files.push(file);
    this.errors.rows++;
    const fault = kline instanceof RowFault ? kline : findKlineFault(kline);
    if (fault !== undefined) this.errors.add(fault, file, line);
    else if (!(kline instanceof RowFault)) this.#push(kline, file, line);
  }

  #push(kline: Kline, file: string, line: number): void {
    this.push(
      [
        kline.open_time,
        kline.open,
        kline.high,
        kline.low,
        kline.close,
        kline.volume,
        kline.quote_volume ?? NaN,
        kline.num_trades ?? NaN,
        kline.taker_buy_volume ?? NaN,
        kline.taker_buy_quote_volume ?? NaN,
      ],
      file,
      line,
    );
  }
}

/** The columns of trades in {@linkcode TradeRows}. */
export const TRADE_COLUMNS = [
  "id",
  "price",
  "quantity",
  "first_trade_id",
  "last_trade_id",
  "trade_time",
  "buyer_is_maker",
] as const;

/** Name of a column of trades. */
export type TradeColumn = (typeof TRADE_COLUMNS)[number];

/**
 * Trades of one market, void rows included, in the columns {@linkcode TRADE_COLUMNS}; their times
 * are in ms with a fraction where the file has microseconds.
 */
export class TradeRows extends MarketRows {
  constructor(symbol: string, market: string) {
    super(symbol, market, TRADE_COLUMNS.length);
  }

  override async readFile(path: string, onRead?: OnRead): Promise<void> {
    this.files.push(path);
    for await (
      const { file, rows, lines, microseconds } of readTradeRows(path, this.errors, onRead)
    ) {
      this.microseconds += microseconds;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        if (row === undefined) continue;
        this.push(
          [
            row.id,
            row.price,
            row.quantity,
            row.firstTradeId,
            row.lastTradeId,
            row.time + row.microseconds / 1000,
            Number(row.buyerIsMaker),
          ],
          file,
          lines[i] ?? NaN,
        );
      }
    }
  }
}
