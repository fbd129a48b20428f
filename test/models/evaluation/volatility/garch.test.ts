import { expect, test } from "vitest";
import {
  fitGarch,
  forecastGarch,
  type Garch,
  logLikelihood,
} from "../../../../models/evaluation/volatility/garch.ts";
import { nelderMead } from "../../../../models/evaluation/volatility/nelder_mead.ts";
import { prepareHistory } from "../../../../models/training/volatility/history.ts";
import { Random } from "../../../core-wasm/support.ts";
import { stormyBars } from "../support.ts";

test("the simplex finds the lowest point, and keeps to what is allowed", () => {
  const [x = NaN, y = NaN] = nelderMead(
    ([a = NaN, b = NaN]) => (a < 0 ? Infinity : (a - 0.5) ** 2 + 10 * (b + 2) ** 2),
    [3, 3],
    [1, 1],
    400,
  );
  expect(x).toBeCloseTo(0.5, 2);
  expect(y).toBeCloseTo(-2, 2);
});

test("the likelihood without dynamics is that of Student's t", () => {
  // With 3 degrees of freedom the density is 2 / (pi (1 + x^2)^2) in units of the deviation.
  const squares = Float64Array.of(0, 1, 4, 0.25);
  const expected = squares.reduce(
    (sum, square) => sum + Math.log(2 / Math.PI) - 2 * Math.log(1 + square),
    0,
  );
  const garch = { variance: 1, alpha: 0, beta: 0, degrees: 3 };
  expect(logLikelihood(garch, squares, Uint8Array.of(1, 0, 0, 0))).toBeCloseTo(expected, 8);
});

test("the variance to come is the variance without conditions when nothing moves it", () => {
  const history = prepareHistory([{ symbol: "A", runs: [stormyBars(50, 1)] }]);
  const still = { variance: 2e-6, alpha: 0, beta: 0, degrees: 5 };
  expect(forecastGarch(still, history)[49]).toBeCloseTo(15 * 2e-6, 12);
  // Of an integrated one it is 15 times the next minute's.
  const walk = { variance: 2e-6, alpha: 0.1, beta: 0.9, degrees: 5 };
  const expected = forecastGarch(walk, history);
  const next = 0.1 * (history.squares[49] ?? NaN) + 0.9 * (expected[48] ?? NaN) / 15;
  expect(expected[49]).toBeCloseTo(15 * next, 12);
});

test("the parameters of a simulated market are recovered", () => {
  const truth: Garch = { variance: 1e-6, alpha: 0.12, beta: 0.83, degrees: 6 };
  const random = new Random(11);
  const base = truth.variance * (1 - truth.alpha - truth.beta);
  let level = truth.variance;
  const squares = Float64Array.from({ length: 40_000 }, () => {
    let chi = 0;
    for (let i = 0; i < truth.degrees; i++) chi += random.normal() ** 2;
    // A t of deviation 1 has its degrees less 2 in place of the degrees.
    const square = level * random.normal() ** 2 * (truth.degrees - 2) / chi;
    level = base + truth.alpha * square + truth.beta * level;
    return square;
  });
  const history = { ...prepareHistory([{ symbol: "A", runs: [stormyBars(10, 1)] }]), squares };
  const found = fitGarch(history, Int32Array.from(squares, (_, i) => i));
  expect(found.alpha).toBeCloseTo(truth.alpha, 1);
  expect(found.beta).toBeCloseTo(truth.beta, 1);
  expect(Math.abs(found.alpha + found.beta - 0.95)).toBeLessThan(0.02);
  expect(found.variance / truth.variance).toBeGreaterThan(0.8);
  expect(found.variance / truth.variance).toBeLessThan(1.25);
  expect(Math.abs(found.degrees - truth.degrees)).toBeLessThan(0.8);
});
