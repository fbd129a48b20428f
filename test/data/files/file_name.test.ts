import { expect, test } from "vitest";
import { marketOfFile, periodOfFile, symbolOfFile } from "../../../data/files/file_name.ts";

test.each([
  ["data/BTCUSDT-1m-2025-01.zip", "BTCUSDT"],
  ["BTCUSDT_240329-1m-2024-01-01.csv", "BTCUSDT_240329"],
  ["BTCUSD_PERP-aggTrades-2024-01.zip", "BTCUSD_PERP"],
  ["/x/币安人生USDT-1m-2025-10.csv", "币安人生USDT"],
  ["1000SHIBUSDT-1m-2025-10.csv.gz", "1000SHIBUSDT"],
  ["prices.csv", undefined],
])("the symbol of %s is %s", (path, symbol) => expect(symbolOfFile(path)).toBe(symbol));

test.each([
  ["BTCUSDT-1m-2025-01.zip", "2025-01-01", "2025-02-01"],
  ["BTCUSDT-aggTrades-2024-12-31.csv.gz", "2024-12-31", "2025-01-01"],
])("%s covers %s to %s", (path, from, to) => {
  expect(periodOfFile(path)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
});

test("another name tells of no period", () => {
  expect(periodOfFile("BTCUSDT-spot-1m-ohlcv-20230101-20230128.csv.gz")).toBeUndefined();
});

test.each([
  ["BTCUSDT-1m-2025-01.zip", "spot"],
  ["usdm/BTCUSDT-1m-2025-01.zip", "usdm"],
  ["BTCUSDT-usdm-1m-12col-2023-08.csv.gz", "usdm"],
  ["BTCUSDT-futures-1m.csv", "usdm"],
])("%s is of the %s market", (path, market) => expect(marketOfFile(path)).toBe(market));
