import { expect, test } from "vitest";
import { dailyDump, monthlyDump, type Series } from "../../../data/download/dump.ts";
import { describeDays, monthsOf, parsePeriod } from "../../../data/download/period.ts";
import { describeFailures, describeResult } from "../../../data/download/report.ts";

const months = (from: string, to: string) => monthsOf(parsePeriod(from, to));

test("months are whole unless the period begins or ends within them", () => {
  const found = months("2024-01-31", "2024-03");
  expect(found.map(({ name, whole, days }) => [name, whole, days.length]))
    .toEqual([["2024-01", false, 1], ["2024-02", true, 29], ["2024-03", true, 31]]);
  expect(months("2024-02-01", "2024-02-29").map(({ whole }) => whole)).toEqual([true]);
});

test.each(["2024", "2024-13", "2023-02-29", "2024-1", "2016-12", "last month", ""])(
  "%j is not a date",
  (given) => {
    expect(() => parsePeriod(given, "2024-05")).toThrow(
      `--from must be a month or a day from 2017 on, as 2024-05 or 2024-05-31: ` +
        `current value is ${JSON.stringify(given)}`,
    );
  },
);

test("an end before the start is refused", () => {
  expect(() => parsePeriod("2024-06", "2024-05-31"))
    .toThrow("--to must not be before --from: from 2024-06 to 2024-05-31");
});

test("paths are those of the exchange", () => {
  const series = (market: Series["market"], kind: Series["kind"]): Series => ({
    symbol: "BTCUSDT",
    kind,
    market,
  });
  const [month] = months("2025-01", "2025-01");
  if (month === undefined) throw new Error("no month");
  expect(monthlyDump(series("spot", "klines"), month).path)
    .toBe("data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2025-01.zip");
  expect(monthlyDump(series("spot", "aggTrades"), month).path)
    .toBe("data/spot/monthly/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2025-01.zip");
  expect(dailyDump(series("usdm", "klines"), month.from).path)
    .toBe("data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2025-01-01.zip");
});

test("days are described as runs", () => {
  const { days = [] } = months("2025-12-09", "2025-12-31")[0] ?? {};
  expect(describeDays([Date.UTC(2025, 10, 3), ...days]))
    .toBe("2025-11-03, 2025-12-09 to 2025-12-31");
});

test("the last line sums up the result", () => {
  const result = {
    downloaded: ["a"],
    unverified: [],
    kept: ["b", "c"],
    missing: [Date.UTC(2025, 0, 2)],
    failed: [{ name: "d", reason: "the server answered HTTP 400" }],
    untried: 3,
    bytes: 1_500_000,
  };
  const series: Series = { symbol: "BTCUSDT", kind: "klines", market: "spot" };
  expect(describeResult(series, result, 2.345)).toBe(
    "BTCUSDT klines (spot): 1 file downloaded, 2 kept, 1 day missing (2025-01-02), 1 failed, " +
      "3 not tried, 1.5 MB, 2.3 s",
  );
  expect(describeResult(series, { ...result, downloaded: [], kept: [], failed: [] }, 1))
    .toMatch(/; is there a market BTCUSDT\?$/);
  expect(describeFailures(result))
    .toBe("Cannot download d: the server answered HTTP 400; 3 further not tried");
});
