import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountOf,
  DecimalSum,
  roundProduct,
  unitsOf,
} from "../../../../service/ingest/bars/decimal_sum.ts";

const SCALE = 10n ** 8n;

/** An amount of 8 decimals as the exchange writes it. */
function print(units: bigint): string {
  return `${units / SCALE}.${String(units % SCALE).padStart(8, "0")}`;
}

/** Amounts of so many digits, at most the 15 that a double always keeps. */
function amounts(digits: number): fc.Arbitrary<bigint> {
  return fc.tuple(fc.integer({ min: 1, max: digits }), fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }))
    .map(([count, units]) => units % 10n ** BigInt(count) + 1n);
}

/** Amounts of whole units, as in markets of very cheap coins. */
const whole = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((count) => count * SCALE);

/** Great amounts with cents. */
const cents = fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }).map((count) => count * SCALE / 100n);

const amount = fc.oneof(amounts(15), whole, cents);

describe("DecimalSum", () => {
  test("0.1 ten times is 1, and at a price of 0.1 it is 0.1", () => {
    const sum = new DecimalSum();
    for (let i = 0; i < 10; i++) sum.add(0.1, 0.1);
    expect(amountOf(sum.quantity)).toBe(1);
    expect(amountOf(roundProduct(sum.product))).toBe(0.1);
  });

  test("equals the sums of big integers, in any order", () => {
    const trade = fc.tuple(amount, amount);
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 200 }), (trades) => {
        const forth = new DecimalSum();
        const back = new DecimalSum();
        let quantities = 0n;
        let products = 0n;
        for (const [price, quantity] of trades) {
          forth.add(Number(print(price)), Number(print(quantity)));
          quantities += quantity;
          products += price * quantity;
        }
        for (const [price, quantity] of trades.toReversed()) {
          back.add(Number(print(price)), Number(print(quantity)));
        }
        expect([forth.quantity, forth.product]).toEqual([quantities, products]);
        expect([back.quantity, back.product]).toEqual([quantities, products]);
        expect(amountOf(quantities)).toBe(Number(print(quantities)));
      }),
      { numRuns: 500 },
    );
  });

  test("stays exact over more trades than doubles can sum exactly", () => {
    const sum = new DecimalSum();
    const trades = 100_000n;
    for (let i = 0n; i < trades; i++) sum.add(99_999.99999999, 67_108_863.99999999);
    expect(sum.quantity).toBe(trades * 6_710_886_399_999_999n);
    expect(sum.product).toBe(trades * 9_999_999_999_999n * 6_710_886_399_999_999n);
  });

  test("stays exact where only the last digits change", () => {
    const sum = new DecimalSum();
    for (let i = 0; i < 100_000; i++) sum.add(0.00009999, 0.99999999);
    expect(sum.product).toBe(100_000n * 9999n * 99_999_999n);
  });

  test("sums quantities of a cheap coin up to 1e12", () => {
    const sum = new DecimalSum();
    for (let i = 0; i < 20_000; i++) sum.add(0.00001023, 1_000_000_000_001);
    expect(sum.quantity).toBe(20_000n * 1_000_000_000_001n * SCALE);
    expect(amountOf(roundProduct(sum.product))).toBe(204_600_000_000.2046);
  });
});

test("units and amounts are inverse for all amounts of 15 digits", () => {
  fc.assert(fc.property(amount, (units) => {
    expect(unitsOf(Number(print(units)))).toBe(units);
    expect(amountOf(units)).toBe(Number(print(units)));
  }));
});

test("a product is rounded once, half up", () => {
  expect(roundProduct(149_999_999n)).toBe(1n);
  expect(roundProduct(150_000_000n)).toBe(2n);
});
