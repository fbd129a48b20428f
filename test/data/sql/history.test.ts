import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod/mini";
import { columnsOf } from "../../../data/schema/columns.ts";
import { volatilityShape } from "../../../data/schema/volatility.ts";
import { History, type HistorySource } from "../../../data/sql/history.ts";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import {
  barRecords,
  makeBar,
  makeSignal,
  makeVolatilityOutput,
  makeVolatilitySignal,
  makeWarmingOutput,
  makeWarmingSignal,
  makeWarmingVolatility,
  signalRecords,
} from "../../support/records.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { klineLine, minute, ohlcvLine, START, writeLines } from "../history_lines.ts";

async function openHistory(source: HistorySource): Promise<History> {
  const history = await History.open(source);
  onTestFinished(() => history.close());
  return history;
}

/** The columns of forecasts in the row of a model that makes none. */
const NO_FORECAST = Object.fromEntries(
  columnsOf(z.object(volatilityShape)).map(({ name }) => [name, null]),
);

/** A history without rows, for queries that need none: opening one takes a second. */
let empty: History;
beforeAll(async () => void (empty = await History.open({})), 60_000);
afterAll(() => empty.close());

describe("tables", () => {
  test("files of any form make one table: each minute once, in order", async () => {
    const history = await openHistory({
      bars: [
        writeLines("BTCUSDT-1m-b.zip", [klineLine(3, true), klineLine(2, true)]),
        writeLines("BTCUSDT-1m-a.csv.gz", [klineLine(1), klineLine(2)]),
        writeLines("BTCUSDT-1m-c.csv", ["open_time,open,high,low,close,volume", ohlcvLine(5)]),
      ],
    });
    expect(history.rows("SELECT open_time, taker_buy_volume FROM bars")).toEqual([
      { open_time: minute(1), taker_buy_volume: 4 },
      { open_time: minute(2), taker_buy_volume: 4 },
      { open_time: minute(3), taker_buy_volume: 4 },
      { open_time: minute(5), taker_buy_volume: null },
    ]);
    expect(history.barsReports).toMatchObject([{
      symbol: "BTCUSDT",
      market: "spot",
      bars: 4,
      repaired: { duplicates: 1, outOfOrder: 1, microseconds: 2 },
      gaps: [{ minutes: 1 }],
    }]);
  });

  test("a bar has all of the exchange's columns, and its time as a number and as a time", async () => {
    const history = await openHistory({ bars: [writeLines("BTCUSDT-1m-a.csv", [klineLine(1)])] });
    expect(history.rows("SELECT * FROM bars")).toEqual([{
      symbol: "BTCUSDT",
      market: "spot",
      open_time: minute(1),
      time: new Date(minute(1)),
      open: 100,
      high: 102,
      low: 99,
      close: 101,
      volume: 7,
      quote_volume: 705.5,
      num_trades: 12,
      taker_buy_volume: 4,
      taker_buy_quote_volume: 402,
    }]);
  });

  test("markets share a table, futures apart from spot", async () => {
    const history = await openHistory({
      bars: ["BTCUSDT-1m-a.csv", "ETHUSDT-1m-a.csv", "BTCUSDT-usdm-1m-a.csv"]
        .map((name) => writeLines(name, [ohlcvLine(0)])),
    });
    expect(history.rows("SELECT symbol, market FROM bars ORDER BY ALL")).toEqual([
      { symbol: "BTCUSDT", market: "spot" },
      { symbol: "BTCUSDT", market: "usdm" },
      { symbol: "ETHUSDT", market: "spot" },
    ]);
  });

  test("trades keep the microseconds of their times", async () => {
    const line = `9,0.5,3,90,92,${START}250,False,True`;
    const history = await openHistory({
      trades: [writeLines("BTCUSDT-aggTrades-a.csv", [line])],
    });
    expect(history.rows("SELECT *, microsecond(time) AS us FROM trades")).toEqual([{
      symbol: "BTCUSDT",
      market: "spot",
      id: 9,
      trade_time: START,
      time: new Date(START),
      price: 0.5,
      quantity: 3,
      first_trade_id: 90,
      last_trade_id: 92,
      buyer_is_maker: false,
      us: 250,
    }]);
  });

  test("a history without sources has empty tables", () => {
    for (const table of ["bars", "trades", "signals", "model_outputs"]) {
      expect(empty.rows(`SELECT count(*) AS n FROM ${table}`)).toEqual([{ n: 0 }]);
    }
  });

  test("a file without a symbol in its name is refused, unless the symbol is given", async () => {
    const path = writeLines("prices.csv", [ohlcvLine(0)]);
    await expect(History.open({ bars: [path] })).rejects.toThrow(
      `Cannot tell the market of ${path}`,
    );
    const history = await openHistory({ bars: [path], symbol: "BTC'USDT" });
    expect(history.rows("SELECT symbol FROM bars")).toEqual([{ symbol: "BTC'USDT" }]);
  });

  test("files are counted as they are read", async () => {
    const bars = [0, 1, 2].map((i) => writeLines(`BTCUSDT-1m-${i}.csv`, [ohlcvLine(i)]));
    const seen: number[][] = [];
    await openHistory({ bars, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([[1, 3], [2, 3], [3, 3]]);
  });
});

describe("answers", () => {
  test("are plain values, in lists and structs too", () => {
    const time = "TIMESTAMP '2024-05-01 00:00:01.5'";
    const [row] = empty.rows(
      `SELECT 5::BIGINT AS whole, -3::HUGEINT AS huge, -1.25::DECIMAL(10, 2) AS decimal,
        sum(7::BIGINT) AS sum, true AS flag, 'x' AS label, NULL AS nothing, ${time} AS time,
        DATE '2024-05-01' AS day, [1::BIGINT, 2] AS list, {'t': ${time}, 'n': 5::BIGINT} AS struct,
        MAP {'a': 1} AS map, [${time}] AS times`,
    );
    const date = new Date("2024-05-01T00:00:01.5Z");
    expect(row).toEqual({
      ...{ whole: 5, huge: -3, decimal: -1.25, sum: 7, flag: true, label: "x", nothing: null },
      ...{ time: date, day: new Date("2024-05-01"), list: [1, 2], struct: { t: date, n: 5 } },
      ...{ map: { a: 1 }, times: [date] },
    });
  });

  test("of a type without counterpart are refused", () => {
    expect(() => empty.rows("SELECT INTERVAL 1 DAY")).toThrow("cast it to VARCHAR or to a number");
  });

  test("are columns of f64 for features: times in ms, NULL as NaN, flags as 0 and 1", async () => {
    const history = await openHistory({
      bars: [writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(0), ohlcvLine(2, { close: 99.5 })])],
    });
    const columns = history.columns(
      "SELECT open_time, time, close, quote_volume, close > 100 AS up FROM bars ORDER BY open_time",
    );
    expect(columns).toEqual({
      open_time: Float64Array.of(minute(0), minute(2)),
      time: Float64Array.of(minute(0), minute(2)),
      close: Float64Array.of(101, 99.5),
      quote_volume: Float64Array.of(NaN, NaN),
      up: Float64Array.of(1, 0),
    });
    expect(() => history.columns("SELECT symbol FROM bars")).toThrow(
      "Cannot read symbol as a column as it must be of numbers",
    );
  });

  test("take parameters, which are never part of the SQL", async () => {
    const history = await openHistory({
      bars: [writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(0), ohlcvLine(1)])],
    });
    const count = "SELECT count(*) AS n FROM bars WHERE symbol = ? AND open_time >= ?";
    expect(history.rows(count, "BTCUSDT", minute(1))).toEqual([{ n: 1 }]);
    expect(history.rows(count, "' OR 1 = 1 --", 0)).toEqual([{ n: 0 }]);
  });

  test("window functions, quantiles and time buckets work without extensions", async () => {
    const lines = Array.from({ length: 120 }, (_, i) => ohlcvLine(i, { volume: i }));
    const history = await openHistory({ bars: [writeLines("BTCUSDT-1m-a.csv", lines)] });
    expect(history.rows(
      `SELECT time_bucket(INTERVAL 1 HOUR, time) AS hour, quantile_cont(volume, 0.5) AS median,
        max(moved) AS most FROM
        (SELECT *, volume - lag(volume) OVER (ORDER BY open_time) AS moved FROM bars)
        GROUP BY hour ORDER BY hour`,
    )).toEqual([
      { hour: new Date(minute(0)), median: 29.5, most: 1 },
      { hour: new Date(minute(60)), median: 89.5, most: 1 },
    ]);
  });

  test("wrong SQL is an error with DuckDB's message, and the history stays usable", () => {
    expect(() => empty.rows("SELECT nonsense FROM bars")).toThrow(
      /Cannot run the query: Binder Error: .*"nonsense" not found/,
    );
    expect(empty.rows("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("a closed history refuses queries; closing it again does nothing", async () => {
    const history = await History.open({});
    history.close();
    history.close();
    expect(() => history.rows("SELECT 1")).toThrow("the history is closed");
  });
});

describe("without a network", () => {
  const queries: readonly (readonly [string, string])[] = [
    ["icu", "SELECT time AT TIME ZONE 'Europe/Berlin' FROM bars"],
    ["icu", "SELECT current_date"],
    ["json", `SELECT '{"a":1}'::JSON`],
    ["parquet", "SELECT * FROM read_parquet('x.parquet')"],
    ["parquet", "LOAD parquet"],
  ];
  test.each(queries)("a query that needs the extension %s fails at once: %s", (extension, sql) => {
    expect(() => empty.rows(sql)).toThrow(
      `Cannot run the query as it needs DuckDB's extension ${extension}, and none is downloaded`,
    );
  });

  test("nothing is left behind where others look for XMLHttpRequest", () => {
    const own = { value: class {}, configurable: true };
    for (const before of [undefined, own]) {
      if (before !== undefined) Object.defineProperty(globalThis, "XMLHttpRequest", before);
      const found = Reflect.get(globalThis, "XMLHttpRequest");
      expect(() => empty.rows("LOAD icu")).toThrow("extension icu");
      expect(Reflect.get(globalThis, "XMLHttpRequest")).toBe(found);
      expect("XMLHttpRequest" in globalThis).toBe(before !== undefined);
    }
    Reflect.deleteProperty(globalThis, "XMLHttpRequest");
  });
});

describe("the service's journal", () => {
  function openJournal() {
    const path = join(temporaryFolder(), "binance.sqlite");
    const log = new EmbeddedLog(path);
    onTestFinished(() => log.close());
    return { log, path };
  }

  test("is read while the service writes it: bars, signals and outputs of further models", async () => {
    const { log, path } = openJournal();
    const output = {
      ready: true,
      state: 2,
      name: "Crisis",
      confidence: 0.8,
      seconds_in_state: 120,
    };
    const liquidity = { ...output, probabilities: { crisis: 0.8 }, log_likelihood: -1.2 };
    await log.append(barRecords(makeBar(0), makeBar(1)));
    await log.append(signalRecords({ ...makeSignal(1), models: { liquidity } }));
    const history = await openHistory({ journals: [path] });
    await log.append(barRecords(makeBar(2)));
    expect(history.rows("SELECT symbol, market, open_time, num_trades, taker_buy_volume FROM bars"))
      .toEqual([0, 1].map((i) => ({
        symbol: "BTCUSDT",
        market: "spot",
        open_time: minute(i),
        num_trades: 5,
        taker_buy_volume: 4,
      })));
    const { symbol, source, quality, open, high, low, close, volume } = makeSignal(1);
    const time = new Date(minute(1));
    expect(history.rows("SELECT * FROM signals")).toEqual([{
      ...{ symbol, source, quality, open_time: minute(1), time, open, high, low, close, volume },
      ...{ anomaly_score: -0.43, is_anomaly: false, regime_state: 1, regime_name: "Normal Market" },
      ...{ confidence: 0.9, seconds_in_state: 120, log_likelihood: -3.1, state: null },
      ...{ ready: true, have: null, need: null, backfill: null },
      ...NO_FORECAST,
    }]);
    expect(history.rows("SELECT * FROM model_outputs")).toEqual([{
      ...{ symbol, source, open_time: minute(1), time, model: "liquidity", ...output },
      ...{ have: null, need: null, log_likelihood: -1.2, ...NO_FORECAST },
    }]);
  });

  test("forecasts are columns, of the primary model and of the models beside it", async () => {
    const { log, path } = openJournal();
    const volatility = makeVolatilityOutput();
    await log.append(signalRecords(
      { ...makeSignal(0), models: { volatility: makeWarmingVolatility(9, 4320) } },
      { ...makeSignal(1), models: { volatility } },
      makeVolatilitySignal(2),
    ));
    const history = await openHistory({ journals: [path] });
    const columns = "basis, forecast_15_volatility_bp AS bp, forecast_60_quantiles_2_5 AS low, " +
      "against_week_name AS week, is_shock, contributions_season AS season";
    const said = {
      ...{ basis: "absolute", bp: 18.4, low: 19, week: "Calm", is_shock: false, season: 0.2 },
    };
    const silent = { basis: null, bp: null, low: null, week: null, is_shock: null, season: null };
    expect(history.rows(`SELECT ${columns} FROM model_outputs ORDER BY open_time`))
      .toEqual([silent, said]);
    expect(history.rows(`SELECT ${columns} FROM signals ORDER BY open_time`))
      .toEqual([silent, silent, said]);
  });

  test("a model that is not ready is NULL; signals of earlier versions are ready", async () => {
    const { log, path } = openJournal();
    const models = { liquidity: makeWarmingOutput(9, 10_080) };
    await log.append(signalRecords({ ...makeWarmingSignal(0, 9, 20), models }, makeSignal(1)));
    using writer = new DatabaseSync(path);
    writer.exec(
      `UPDATE events SET json = json_remove(json, '$.ready') WHERE timestamp = ${minute(1)}`,
    );
    const history = await openHistory({ journals: [path] });
    const columns = "ready, have, need, regime_name, confidence, is_anomaly, anomaly_score";
    const silent = { regime_name: null, confidence: null, is_anomaly: null, anomaly_score: null };
    expect(history.rows(`SELECT ${columns} FROM signals ORDER BY open_time`)).toEqual([
      { ready: false, have: 9, need: 20, ...silent },
      {
        ...{ ready: true, have: null, need: null, regime_name: "Normal Market", confidence: 0.9 },
        ...{ is_anomaly: false, anomaly_score: -0.43 },
      },
    ]);
    expect(history.rows("SELECT ready, have, need, state, name FROM model_outputs")).toEqual([
      { ready: false, have: 9, need: 10_080, state: null, name: null },
    ]);
  });

  test("its bars join those of files; simulated ones stay apart", async () => {
    const { log, path } = openJournal();
    await log.append(barRecords(
      makeBar(1),
      { ...makeBar(2), source: "simulator", quality: "trades" },
      { ...makeBar(3), quality: "incomplete" },
    ));
    const history = await openHistory({
      bars: [writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(1, { volume: 11 })])],
      journals: [path],
    });
    expect(history.rows("SELECT market, open_time, quote_volume FROM bars ORDER BY ALL")).toEqual([
      { market: "simulator", open_time: minute(2), quote_volume: 1010 },
      { market: "spot", open_time: minute(1), quote_volume: 1010 },
    ]);
    expect(history.barsReports[0]).toMatchObject({
      repaired: { duplicates: 1 },
      errors: [{ kind: "incomplete", count: 1, examples: [{ file: path, line: 3 }] }],
    });
  });

  test("a record that the service cannot have written is refused by its field", async () => {
    const { log, path } = openJournal();
    await log.append(barRecords(makeBar(0)));
    using writer = new DatabaseSync(path);
    writer.exec("UPDATE events SET json = json_set(json, '$.open', '100')");
    await expect(History.open({ journals: [path] })).rejects.toThrow(
      `Cannot read the journal ${path}: it must be one that the service wrote: Cannot parse the ` +
        'bar as open must be valid: current value is "100"',
    );
  });

  test("a missing file, and one that is no journal, are refused by name", async () => {
    const folder = temporaryFolder();
    const refuse = async (name: string, why: string) => {
      const path = join(folder, name);
      await expect(History.open({ journals: [path] })).rejects.toThrow(
        new RegExp(`^Cannot read the journal ${path}: .*${why}`),
      );
    };
    await refuse("none.sqlite", "there is no such file");
    writeFileSync(join(folder, "text.sqlite"), "open_time,open\n".repeat(100));
    await refuse("text.sqlite", "file is not a database");
    using other = new DatabaseSync(join(folder, "other.sqlite"));
    other.exec("CREATE TABLE things (id INTEGER)");
    await refuse("other.sqlite", "no such table: events");
  });
});

const BLOCK = "klines/BTCUSDT-spot-1m-12col-20210515-20210522.csv.gz";
realDataTest("the same real bars come out of SQL as went in", [BLOCK], async () => {
  const history = await openHistory({ bars: [sharedData(BLOCK)] });
  const [sum] = history.rows(
    `SELECT count(*) AS bars, max(high) AS high, min(low) AS low, sum(num_trades) AS trades,
      count(*) FILTER (taker_buy_volume > volume) AS impossible FROM bars`,
  );
  expect(sum).toMatchObject({ bars: 10_080, impossible: 0 });
  expect(history.barsReports).toMatchObject([{ bars: 10_080, errors: [], gaps: [] }]);
});
