import { expect, test } from "vitest";
import { rangeOf } from "../../../service/dashboard/data/range.ts";
import { makeVolatilityOutput } from "../../support/records.ts";

const { forecast } = makeVolatilityOutput();

test("a horizon is its median and its 80 % interval", () => {
  expect(rangeOf(forecast["15"])).toBe("18 bp, 80 %: 12 to 29");
  expect(rangeOf(forecast["60"])).toBe("38 bp, 80 %: 25 to 58");
});

test("a small median has a decimal, and so have its borders", () => {
  const quantiles = { ...forecast["15"].quantiles, "10": 2.46, "90": 10.3 };
  expect(rangeOf({ volatility_bp: 4.2, quantiles })).toBe("4.2 bp, 80 %: 2.5 to 10.3");
});
