import { expect, test } from "vitest";
import { solvePositiveDefinite } from "../../../../models/training/volatility/cholesky.ts";
import { leastSquares } from "../../../../models/training/volatility/least_squares.ts";

test("a line through points is found, shrunk by the ridge of each row", () => {
  // Orthogonal columns: each coefficient is sum(x y) / (sum(x^2) + 1e-6 rows).
  const x = [1, -1, 1, -1];
  const z = [1, 1, -1, -1];
  const target = Float64Array.from(x, (value, i) => 3 * value - 2 * (z[i] ?? 0));
  const found = leastSquares({
    rows: Int32Array.of(0, 1, 2, 3),
    width: 2,
    fill: (row, out) => out.set([x[row] ?? 0, z[row] ?? 0]),
    target,
  });
  expect(found[0]).toBeCloseTo(3 * 4 / (4 + 4e-6), 12);
  expect(found[1]).toBeCloseTo(-2 * 4 / (4 + 4e-6), 12);
});

test("only the given rows count", () => {
  const found = leastSquares({
    rows: Int32Array.of(1, 2),
    width: 1,
    fill: (_, out) => out.fill(1),
    target: Float64Array.of(100, 2, 4),
  });
  expect(found[0]).toBeCloseTo(3, 5);
});

test("Cholesky's factorization solves a system, and refuses a matrix that is not positive definite", () => {
  const solved = solvePositiveDefinite(Float64Array.of(4, 0, 2, 3), Float64Array.of(8, 10));
  expect(solved[0]).toBeCloseTo(0.5, 12);
  expect(solved[1]).toBeCloseTo(3, 12);
  expect(() => solvePositiveDefinite(Float64Array.of(1, 0, 2, 1), Float64Array.of(1, 1)))
    .toThrow("must be positive definite: pivot 1 is -3");
});
