import fc from "fast-check";
import { expect, test } from "vitest";
import { DecimalSum } from "../../../service/bars/decimal_sum.ts";

test("0.1 ten times is 1", () => {
  const sum = new DecimalSum();
  for (let i = 0; i < 10; i++) sum.add(0.1);
  expect(sum.value).toBe(1);
});

test("equals the exact sum of decimals with eight places, in any order", () => {
  const units = fc.array(fc.integer({ min: 1, max: 10 ** 11 }), { maxLength: 500 });
  fc.assert(fc.property(units, (amounts) => {
    const sum = new DecimalSum();
    for (const amount of amounts) sum.add(amount / 1e8);
    const exact = amounts.reduce((total, amount) => total + BigInt(amount), 0n);
    expect(sum.value).toBe(
      Number(`${exact / 10n ** 8n}.${String(exact % 10n ** 8n).padStart(8, "0")}`),
    );
  }));
});
