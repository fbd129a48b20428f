import { describe, expect, it } from "vitest";
import { formatAge, formatDuration } from "../../../service/dashboard/format/duration.ts";
import {
  formatChange,
  formatNumber,
  formatProbability,
  formatQuantity,
  formatSigned,
} from "../../../service/dashboard/format/number.ts";
import { formatPrice, priceDecimals } from "../../../service/dashboard/format/price.ts";
import { formatDay, formatMinute, zoneName } from "../../../service/dashboard/format/time.ts";

describe("a price", () => {
  it.each([
    ["of bitcoin is in cents", [60672, 60690.1, 60650.25], 60690.1, "60,690.10"],
    ["in whole numbers has cents", [116000], 116000, "116,000.00"],
    ["of an altcoin has the decimals of its tick", [0.12345, 0.1235], 0.1235, "0.12350"],
    [
      "in exponential notation has the decimals of its tick",
      [0.00000908, 0.0000091],
      0.0000091,
      "0.00000910",
    ],
    ["has at most eight significant digits", [0.1 + 0.2], 0.1 + 0.2, "0.30000000"],
  ])("%s", (_, market, price, text) => {
    expect(formatPrice(price, priceDecimals(market))).toBe(text);
  });

  it("has two decimals in a market without prices", () => {
    expect(priceDecimals([])).toBe(2);
  });
});

describe("a number", () => {
  it("has a true minus, and no sign at zero", () => {
    expect(formatSigned(-0.2, 2)).toBe("−0.20");
    expect(formatSigned(0.61, 2)).toBe("+0.61");
    expect(formatSigned(-0.001, 2)).toBe("0.00");
    expect(formatNumber(-0.43, 2)).toBe("−0.43");
  });

  it("is a signed percentage for a change", () => {
    expect(formatChange(0.00354)).toBe("+0.35%");
    expect(formatChange(-0.012)).toBe("−1.20%");
  });

  it("is never 0% or 100% for a probability", () => {
    expect(formatProbability(0.972)).toBe("97.2%");
    expect(formatProbability(1)).toBe(">99.9%");
    expect(formatProbability(0)).toBe("<0.1%");
  });

  it("has at most four digits for a quantity", () => {
    expect(formatQuantity(31.4217)).toBe("31.42");
    expect(formatQuantity(28_545_331)).toBe("28.55M");
  });
});

describe("a duration", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [240, "4 min"],
    [5400, "1 h 30 min"],
    [3600, "1 h"],
    [183_600, "2 d 3 h"],
  ])("of %i s is %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("is in tenths of a second for an age below ten seconds, and never negative", () => {
    expect(formatAge(430)).toBe("0.4 s");
    expect(formatAge(12_600)).toBe("12 s");
    expect(formatAge(-300)).toBe("0.0 s");
  });
});

describe("a time", () => {
  const time = Date.UTC(2024, 7, 9, 0, 4);

  it("is in UTC, with the zone's name", () => {
    expect(formatMinute(time, "utc")).toBe("00:04");
    expect(formatDay(time, "utc")).toBe("9 Aug");
    expect(zoneName(time, "utc")).toBe("UTC");
  });

  it("is in local time, with the offset from UTC", () => {
    const local = new Date(time);
    const clock = [local.getHours(), local.getMinutes()].map((n) => String(n).padStart(2, "0"));
    expect(formatMinute(time, "local")).toBe(clock.join(":"));
    expect(zoneName(time, "local")).toMatch(/^UTC([+−]\d+(:\d\d)?)?$/);
  });
});
