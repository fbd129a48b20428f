import type { BarsReport } from "../quality/bars_report.ts";
import { repairBars } from "../quality/bar_repair.ts";
import { Database, type Parameter } from "./duckdb.ts";
import { type HistorySource, readSource, type SourceRecords } from "./history_source.ts";
import { createTables, insertRows, TABLES } from "./history_tables.ts";
import { type Columns, type Row, toColumns, toRows } from "./query_result.ts";
import type { TradesReport } from "../quality/trades_report.ts";
import { repairTrades } from "../quality/trade_repair.ts";

export type { BarsReport, Columns, HistorySource, Parameter, Row, TradesReport };
export type { Value } from "./query_result.ts";

/**
 * History that answers SQL: a DuckDB in memory with the tables
 *
 * - `bars(symbol, market, open_time, time, open, high, low, close, volume, quote_volume, num_trades,
 *   taker_buy_volume, taker_buy_quote_volume)`: each minute of a market once, in order, only bars
 *   that can be; `open_time` is ms UTC, `time` the same as a TIMESTAMP; NULL where the input does
 *   not tell. `market` is `spot` or `usdm`, and for what the service journalled from another source
 *   than the exchange, that source.
 * - `trades(symbol, market, id, trade_time, time, price, quantity, first_trade_id, last_trade_id,
 *   buyer_is_maker)`
 * - `signals(symbol, source, quality, open_time, time, open, high, low, close, volume,
 *   anomaly_score, is_anomaly, regime_state, regime_name, confidence, seconds_in_state,
 *   log_likelihood)`: what the primary model said
 * - `opinions(symbol, source, open_time, time, model, state, name, confidence, seconds_in_state,
 *   log_likelihood)`: what the models beside it said
 *
 * Nothing is ever fetched: a query that needs one of DuckDB's extensions (Parquet, JSON, time zones)
 * fails at once. It holds all its rows in memory until it is closed.
 */
export class History implements Disposable {
  /** What the bars are like, a market each. */
  readonly quality: readonly BarsReport[];
  /** What the trades are like, a market each. */
  readonly tradeQuality: readonly TradesReport[];
  readonly #database: Database;

  private constructor(
    database: Database,
    quality: readonly BarsReport[],
    tradeQuality: readonly TradesReport[],
  ) {
    this.#database = database;
    this.quality = quality;
    this.tradeQuality = tradeQuality;
  }

  /**
   * Reads history; the caller closes it.
   *
   * @throws SyntaxError naming the file when it holds something else.
   * @throws Error naming the file when it cannot be read, or its market is not known.
   */
  static async open(source: HistorySource): Promise<History> {
    // DuckDB is compiled beside the reading.
    const [opened, read] = await Promise.allSettled([Database.open(), readSource(source)]);
    if (opened.status === "rejected") throw opened.reason;
    const database = opened.value;
    try {
      if (read.status === "rejected") throw read.reason;
      return History.#fill(database, read.value);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  static #fill(database: Database, { bars, trades, journals }: SourceRecords): History {
    createTables(database);
    for (const { signals, opinions } of journals) {
      insertRows(database, TABLES.signals, signals);
      insertRows(database, TABLES.opinions, opinions);
    }
    const quality = bars.map((rows) => {
      const repaired = repairBars(rows);
      const { symbol, market } = rows;
      insertRows(database, TABLES.bars, repaired.bars, { symbol, market });
      return repaired.report;
    });
    const tradeQuality = trades.map((rows) => {
      const repaired = repairTrades(rows);
      const { symbol, market } = rows;
      insertRows(database, TABLES.trades, repaired.trades, { symbol, market });
      return repaired.report;
    });
    return new History(database, quality, tradeQuality);
  }

  /**
   * Answers SQL with plain records.
   *
   * @param parameters For the `?` of the query.
   * @returns Rows by column name: integers and decimals as numbers (rounded beyond 2^53), times and
   *   dates as Date, NULL as null.
   * @throws Error with DuckDB's message.
   */
  rows(sql: string, ...parameters: readonly Parameter[]): Row[] {
    return toRows(this.#database.query(sql, parameters));
  }

  /**
   * Answers SQL with columns of f64, as features and models take them.
   *
   * @param parameters For the `?` of the query.
   * @returns Columns by name: times as ms UTC, booleans as 0 and 1, NULL as NaN.
   * @throws TypeError naming a column that is of something else.
   * @throws Error with DuckDB's message.
   */
  columns(sql: string, ...parameters: readonly Parameter[]): Columns {
    return toColumns(this.#database.query(sql, parameters));
  }

  /** Gives the memory back; nothing can be asked after. */
  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
