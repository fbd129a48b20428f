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
    ["bitcoin in cents", [60672, 60690.1, 60650.25], 60690.1, "60,690.10"],
    ["a whole number still has cents", [116000], 116000, "116,000.00"],
    ["an altcoin", [0.12345, 0.1235], 0.1235, "0.12350"],
    [
      "a memecoin, whose numbers print as 9.08e-6",
      [0.00000908, 0.0000091],
      0.0000091,
      "0.00000910",
    ],
    ["noise of binary fractions is cut to eight digits", [0.1 + 0.2], 0.1 + 0.2, "0.30000000"],
  ])("%s", (_, market, price, text) => {
    expect(formatPrice(price, priceDecimals(market))).toBe(text);
  });

  it("has decimals even in a market without prices", () => {
    expect(priceDecimals([])).toBe(2);
  });
});

describe("a number", () => {
  it("carries a true minus, and no sign at zero", () => {
    expect(formatSigned(-0.2, 2)).toBe("−0.20");
    expect(formatSigned(0.61, 2)).toBe("+0.61");
    expect(formatSigned(-0.001, 2)).toBe("0.00");
    expect(formatNumber(-0.43, 2)).toBe("−0.43");
  });

  it("is a signed percentage as a change", () => {
    expect(formatChange(0.00354)).toBe("+0.35%");
    expect(formatChange(-0.012)).toBe("−1.20%");
  });

  it("never claims certainty as a probability", () => {
    expect(formatProbability(0.972)).toBe("97.2%");
    expect(formatProbability(1)).toBe(">99.9%");
    expect(formatProbability(0)).toBe("<0.1%");
  });

  it("is short as a quantity", () => {
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

  it("is in tenths of a second as a young age, and never negative", () => {
    expect(formatAge(430)).toBe("0.4 s");
    expect(formatAge(12_600)).toBe("12 s");
    expect(formatAge(-300)).toBe("0.0 s");
  });
});

describe("a time", () => {
  const time = Date.UTC(2024, 7, 9, 0, 4);

  it("is in UTC, and says so", () => {
    expect(formatMinute(time, "utc")).toBe("00:04");
    expect(formatDay(time, "utc")).toBe("9 Aug");
    expect(zoneName(time, "utc")).toBe("UTC");
  });

  it("follows the local clock when asked, and says how far that is from UTC", () => {
    const local = new Date(time);
    const clock = [local.getHours(), local.getMinutes()].map((n) => String(n).padStart(2, "0"));
    expect(formatMinute(time, "local")).toBe(clock.join(":"));
    expect(zoneName(time, "local")).toMatch(/^UTC([+−]\d+(:\d\d)?)?$/);
  });
});
