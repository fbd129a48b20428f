import { expect, test } from "vitest";
import { splitSymbol } from "../../../data/schema/quote_assets.ts";

test.each([
  ["BTCUSDT", "BTC", "USDT"],
  ["BTCFDUSD", "BTC", "FDUSD"],
  ["ETHBTC", "ETH", "BTC"],
  ["USDTTRY", "USDT", "TRY"],
])("%s trades %s in %s", (symbol, baseAsset, quoteAsset) => {
  expect(splitSymbol(symbol)).toEqual({ baseAsset, quoteAsset });
});

test.each(["USDT", "ABCXYZ", ""])("%j has no known quote asset", (symbol) => {
  expect(splitSymbol(symbol)).toBeUndefined();
});
