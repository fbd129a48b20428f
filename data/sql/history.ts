import type { BarsReport } from "../quality/bars_report.ts";
import { repairBars } from "../quality/bar_repair.ts";
import { Database, type Parameter } from "./duckdb.ts";
import { type HistorySource, readSource, type SourceRecords } from "./history_source.ts";
import { createTables, insertRows } from "./insert.ts";
import { type Columns, type Row, toColumns, toRows } from "./query_result.ts";
import { TABLES } from "./tables.ts";
import type { TradesReport } from "../quality/trades_report.ts";
import { repairTrades } from "../quality/trade_repair.ts";

export type { BarsReport, Columns, HistorySource, Parameter, Row, TradesReport };
export type { Value } from "./query_result.ts";

/**
 * History that answers SQL: a DuckDB in memory with the tables
 *
 * - `bars(symbol, market, open_time, time, open, high, low, close, volume, quote_volume, num_trades,
 *   taker_buy_volume, taker_buy_quote_volume)`: each minute of a market once, in order, sound
 *   bars only; `open_time` is ms UTC, `time` the same as a TIMESTAMP; NULL where the input has no
 *   value. `market` is `spot` or `usdm`; of bars that the service journalled from another source
 *   than the exchange, it is that source.
 * - `trades(symbol, market, id, trade_time, time, price, quantity, first_trade_id, last_trade_id,
 *   buyer_is_maker)`
 * - `signals(symbol, source, quality, open_time, time, open, high, low, close, volume,
 *   anomaly_score, is_anomaly, regime_state, regime_name, confidence, seconds_in_state,
 *   log_likelihood, ready, have, need, basis, ...)`: the primary model's output for each bar; NULL
 *   where it is not `ready`, with `have` of the bars that it `need`s. What only a volatility model
 *   says follows, nested names joined by `_`: `forecast_15_volatility_bp`,
 *   `forecast_15_quantiles_2_5`, `against_week_name`, `contributions_season`
 * - `model_outputs(symbol, source, open_time, time, model, ready, have, need, state, name,
 *   confidence, seconds_in_state, log_likelihood, basis, ...)`: the outputs of the models beside it,
 *   likewise
 *
 * Nothing is ever downloaded: a query that needs one of DuckDB's extensions (Parquet, JSON, time
 * zones) fails at once. All rows are in memory until the history is closed.
 */
export class History implements Disposable {
  /** What was repaired in the bars and what is missing, one report a market. */
  readonly barsReports: readonly BarsReport[];
  /** What was repaired in the trades and what is missing, one report a market. */
  readonly tradesReports: readonly TradesReport[];
  readonly #database: Database;

  private constructor(
    database: Database,
    barsReports: readonly BarsReport[],
    tradesReports: readonly TradesReport[],
  ) {
    this.#database = database;
    this.barsReports = barsReports;
    this.tradesReports = tradesReports;
  }

  /**
   * Reads history; the caller closes it.
   *
   * @throws SyntaxError naming the file when it is of another format.
   * @throws Error naming the file when it cannot be read, or its market is unknown.
   */
  static async open(source: HistorySource): Promise<History> {
    // DuckDB is compiled while the files are read.
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
    for (const { signals, outputs } of journals) {
      insertRows(database, TABLES.signals, signals.data);
      insertRows(database, TABLES.model_outputs, outputs.data);
    }
    const barsReports = bars.map((rows) => {
      const repaired = repairBars(rows);
      const { symbol, market } = rows;
      insertRows(database, TABLES.bars, repaired.bars, { symbol, market });
      return repaired.report;
    });
    const tradesReports = trades.map((rows) => {
      const repaired = repairTrades(rows);
      const { symbol, market } = rows;
      insertRows(database, TABLES.trades, repaired.trades, { symbol, market });
      return repaired.report;
    });
    return new History(database, barsReports, tradesReports);
  }

  /**
   * Runs SQL and returns plain records.
   *
   * @param parameters Values for each `?` of the query.
   * @returns Rows by column name: integers and decimals as numbers (rounded beyond 2^53), times and
   *   dates as Date, NULL as null.
   * @throws Error with DuckDB's message.
   */
  rows(sql: string, ...parameters: readonly Parameter[]): Row[] {
    return toRows(this.#database.query(sql, parameters));
  }

  /**
   * Runs SQL and returns columns of f64, as features and models take them.
   *
   * @param parameters Values for each `?` of the query.
   * @returns Columns by name: times as ms UTC, booleans as 0 and 1, NULL as NaN.
   * @throws TypeError naming a column of another type.
   * @throws Error with DuckDB's message.
   */
  columns(sql: string, ...parameters: readonly Parameter[]): Columns {
    return toColumns(this.#database.query(sql, parameters));
  }

  /** Frees the memory; later queries throw. */
  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
