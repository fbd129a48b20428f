import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readKlines } from "../../../data/files/klines.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { readTrades, type TradeRow } from "../../../data/files/trades.ts";
import { temporaryFolder } from "../../support/temporary.ts";

async function all<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await Array.fromAsync(chunks)).flat();
}

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A row of Binance's own file BTCUSDT-1m-2025-01.zip: microseconds, twelve columns, no header. */
const MICROSECOND_ROW =
  "1735689600000000,93576.00,93610.93,93537.50,93610.93,8.21827,1735689659999999,768978.36,2631,3.95157,369757.32,0";

const KLINE: Kline = {
  open_time: 1735689600000,
  open: 93576,
  high: 93610.93,
  low: 93537.5,
  close: 93610.93,
  volume: 8.21827,
  quote_volume: 768978.36,
  num_trades: 2631,
  taker_buy_volume: 3.95157,
  taker_buy_quote_volume: 369757.32,
};

describe("readKlines", () => {
  test("reads plain, gzip and zip files alike", async () => {
    const text = MICROSECOND_ROW + "\n";
    for (
      const path of [
        write("a.csv", text),
        write("a.csv.gz", gzipSync(text)),
        write("a.zip", zipSync({ "a.csv": strToU8(text) })),
      ]
    ) {
      expect(await all(readKlines(path))).toEqual([KLINE]);
    }
  });

  test("a header is passed over, OHLCV rows have no more than they tell", async () => {
    const path = write(
      "a.csv",
      "open_time,open,high,low,close,volume\r\n1735689600000,1,2,0.5,1,9",
    );
    expect(await all(readKlines(path))).toEqual([
      { open_time: 1735689600000, open: 1, high: 2, low: 0.5, close: 1, volume: 9 },
    ]);
  });

  test("a header with other columns is refused", async () => {
    const path = write("a.csv", "time,close,volume\n1,2,3\n");
    await expect(all(readKlines(path))).rejects.toThrow(
      `${path}:1: columns must be open_time,open,high,low,close,volume`,
    );
  });

  test("a row that cannot be understood is named by file, line and column", async () => {
    const path = write("a.csv", `${MICROSECOND_ROW}\n1735689660000000,93576.00,oops\n`);
    await expect(all(readKlines(path))).rejects.toThrow(
      `${path}:2: high must be a number: current value is "oops"`,
    );
  });

  test("a file cut off in the middle is an error, never a short history", async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, i) => `${1735689600000 + i * 60_000},1,2,1,${i},1`,
    );
    const zip = zipSync({ "a.csv": strToU8(rows.join("\n")) });
    const gzip = gzipSync(rows.join("\n"));
    for (
      const path of [
        write("a.zip", zip.subarray(0, zip.length >> 1)),
        write("a.csv.gz", gzip.subarray(0, gzip.length >> 1)),
        write("a.csv", rows.join("\n").slice(0, -6)),
      ]
    ) {
      await expect(all(readKlines(path))).rejects.toThrow(path);
    }
  });

  test("a file that is not there is named", async () => {
    await expect(all(readKlines("/nowhere/a.csv.gz"))).rejects.toThrow("/nowhere/a.csv.gz");
  });
});

describe("readTrades", () => {
  const TRADE: TradeRow = {
    id: 26129,
    price: 0.01633102,
    quantity: 4.70443515,
    firstTradeId: 27781,
    lastTradeId: 27783,
    time: 1498793709153,
    buyerIsMaker: true,
  };

  test("reads aggregate trades as Binance dumps them, with Python's booleans", async () => {
    const path = write(
      "a.csv",
      "26129,0.01633102,4.70443515,27781,27783,1498793709153,True,True\n",
    );
    expect(await all(readTrades(path))).toEqual([TRADE]);
  });

  test("reads raw trades; a raw trade is an aggregate of its own", async () => {
    const path = write("a.csv", "28457,4.00000100,12.00000000,48.000012,1499865549590,true,true\n");
    expect(await all(readTrades(path))).toEqual([{
      id: 28457,
      price: 4.000001,
      quantity: 12,
      firstTradeId: 28457,
      lastTradeId: 28457,
      time: 1499865549590,
      buyerIsMaker: true,
    }]);
  });

  test("void rows are left out", async () => {
    const path = write("a.csv", "5,0.0,0.0,-1,-1,1498793709153,True,True\n");
    expect(await all(readTrades(path))).toEqual([]);
  });

  test("a flag that is neither true nor false is refused", async () => {
    const path = write("a.csv", "1,1,1,1,1,1498793709153,maybe\n");
    await expect(all(readTrades(path))).rejects.toThrow(
      `${path}:1: is_buyer_maker must be true or false: current value is "maybe"`,
    );
  });
});
