import fc from "fast-check";
import { expect, test } from "vitest";
import { isSymbol, symbolPrefix } from "../../../data/common/symbol.ts";

const letter = fc.constantFrom(..."ABCXYZ0123456789币安人生ÄЖ");
const rest = fc.array(fc.oneof(letter, fc.constant("_")), { minLength: 1, maxLength: 20 });
const symbol = fc.tuple(letter, rest).map(([first, others]) => first + others.join(""));

test.each([
  "BTCUSDT",
  "1000SHIBUSDT",
  "币安人生USDT",
  "BTCUSDT_240329",
  "BTCUSD_PERP",
  "1INCHUSDT",
])(
  "%s is a market's name",
  (name) => expect(isSymbol(name)).toBe(true),
);

test.each(["", "B", "btcusdt", "_BTC", "BTC-USDT", "BTC/USDT", "BTC USDT", "BTC.USDT", "币"])(
  "%j is not a market's name",
  (name) => expect(isSymbol(name)).toBe(false),
);

test("a name is found again at the start of a file's name, whole", () => {
  const ending = fc.constantFrom("-1m-2025-01.zip", "-aggTrades-2025-01-31.csv.gz", ".csv", "-x");
  fc.assert(fc.property(symbol, ending, (name, end) => {
    expect(isSymbol(name)).toBe(true);
    expect(symbolPrefix(name + end)).toBe(name);
  }));
});

test("a file's name that starts with something else has none", () => {
  for (const name of ["prices.csv", "BTCUSDT_1m.csv", "BTCUSDT", "-1m.csv", "Btcusdt-1m.csv"]) {
    expect(symbolPrefix(name)).toBeUndefined();
  }
});
