import { expect, test } from "vitest";
import { BlockBootstrap, cutBlocks, sumBlocks } from "../../../models/evaluation/bootstrap.ts";
import { Random } from "../../core-wasm/support.ts";

test("blocks are contiguous and do not span sequences", () => {
  expect(cutBlocks([7, 0, 2, 6], 3)).toEqual({
    of: Int32Array.of(0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4),
    count: 5,
  });
});

test("NaN is not summed", () => {
  expect(sumBlocks([1, NaN, 2, NaN], { of: Int32Array.of(0, 0, 0, 1), count: 2 })).toEqual(
    Float64Array.of(3, 0),
  );
});

/** Blocks of independent standard normal values and their counts. */
function drawBlocks(random: Random, blocks: number, size: number) {
  const sums = Float64Array.from(
    { length: blocks },
    () => Array.from({ length: size }, () => random.normal()).reduce((a, b) => a + b),
  );
  return [sums, new Float64Array(blocks).fill(size)] as const;
}

test("95 % intervals of a mean cover it about 95 times in 100, with the theoretical width", () => {
  const random = new Random(1);
  const bootstrap = new BlockBootstrap(60, 1);
  let hits = 0;
  let width = 0;
  for (let trial = 0; trial < 400; trial++) {
    const { low, high } = bootstrap.mean(drawBlocks(random, 60, 10));
    hits += Number(low < 0 && high > 0);
    width += (high - low) / 400;
  }
  expect(hits / 400).toBeGreaterThan(0.91);
  expect(hits / 400).toBeLessThan(0.98);
  expect(width).toBeCloseTo(2 * 1.96 / Math.sqrt(600), 2);
});

test("the same seed gives the same interval, another seed a different one", () => {
  const columns = drawBlocks(new Random(2), 30, 5);
  const estimate = (seed: number) => new BlockBootstrap(30, seed).mean(columns);
  expect(estimate(1)).toEqual(estimate(1));
  expect(estimate(2)).not.toEqual(estimate(1));
  expect(estimate(2 ** 32)).not.toEqual(estimate(0));
});

test("all statistics use the same resamples", () => {
  const bootstrap = new BlockBootstrap(20, 1);
  const [x, n] = drawBlocks(new Random(3), 20, 5);
  const { value, low, high } = bootstrap.mean([x.map((sum) => sum + 7 - sum), n]);
  expect([value, low, high].map((a) => a.toFixed(9))).toEqual(Array(3).fill((7 / 5).toFixed(9)));
});

test("an undefined statistic has no interval; resamples in which it is undefined are ignored", () => {
  const bootstrap = new BlockBootstrap(4, 1);
  const rare = Float64Array.of(6, 0, 0, 0);
  const count = Float64Array.of(2, 0, 0, 0);
  const ratio = ([a = NaN, b = NaN]: readonly number[]) => a / b;
  expect(bootstrap.estimate([new Float64Array(4), new Float64Array(4)], ratio)).toBeNull();
  expect(bootstrap.estimate([rare, count], ratio)).toEqual({ value: 3, low: 3, high: 3 });
  expect(() => bootstrap.mean([rare, new Float64Array(4)])).toThrow(RangeError);
});
