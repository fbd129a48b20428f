import { expect, test } from "vitest";
import { BlockBootstrap, cutBlocks } from "../../../models/evaluation/bootstrap.ts";
import { compareRegimes, estimateNext, sumRegimes } from "../../../models/evaluation/regimes.ts";

/** Two blocks of four bars; the last bar's outcome is unknown. */
const PATH = Uint8Array.of(0, 0, 1, 1, 0, 1, 1, 1);
const VOLATILITY = Float64Array.of(1, 3, 10, 20, 5, 30, 20, NaN);
const OUTCOMES = {
  volatility: VOLATILITY,
  absoluteReturn: VOLATILITY.map((x) => x / 2),
  volume: VOLATILITY.map((x) => 100 * x),
};
const BLOCKS = cutBlocks([8], 4);
const BOOTSTRAP = new BlockBootstrap(2, 1);

test("means are of a regime's bars with known outcomes, and intervals contain them", () => {
  const [calm, wild] = sumRegimes(PATH, 2, OUTCOMES, BLOCKS);
  if (calm === undefined || wild === undefined) throw new Error("no regimes");
  const next = estimateNext(wild, BOOTSTRAP);
  // The blocks' own means, 15 and 25, are the ends of the interval.
  expect(next?.volatility_bp).toEqual({ value: 20, low: 15, high: 25 });
  expect(next?.volume.value).toBe(2_000);
  const ratio = compareRegimes(wild, calm, BOOTSTRAP);
  expect(ratio?.volatility.value).toBeCloseTo(20 / 3, 12);
  expect(ratio?.volatility.low).toBeCloseTo(25 / 5, 12);
  expect(ratio?.volatility.high).toBeCloseTo(15 / 2, 12);
  expect(ratio?.absolute_return.value).toBeCloseTo(20 / 3, 12);
});

test("a regime that does not occur has no means and no ratio", () => {
  const [calm, , never] = sumRegimes(PATH, 3, OUTCOMES, BLOCKS);
  if (calm === undefined || never === undefined) throw new Error("no regimes");
  expect(estimateNext(never, BOOTSTRAP)).toBeNull();
  expect(compareRegimes(never, calm, BOOTSTRAP)).toBeNull();
});
