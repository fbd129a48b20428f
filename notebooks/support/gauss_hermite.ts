/** Nodes and weights for the mean of a function of a standard normal variable. */
export interface NormalQuadrature {
  readonly nodes: Float64Array;
  /** Weights, with the sum 1. */
  readonly weights: Float64Array;
}

/** Newton steps per root; four are enough from the starts below. */
const STEPS = 20;

/**
 * Gauss-Hermite quadrature for the standard normal weight, exact for polynomials up to degree
 * 2 `count` - 1 (Golub and Welsch 1969; roots by Newton's method with deflation).
 *
 * @param count Number of nodes, from 1.
 */
export function normalQuadrature(count: number): NormalQuadrature {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // All roots are within 2 sqrt(count); with deflation each start from below finds the next root.
    let x = -2 * Math.sqrt(count);
    for (let step = 0; step < STEPS * count; step++) {
      const { value, slope } = hermite(count, x);
      const repelled = nodes.subarray(0, i).reduce((sum, root) => sum + 1 / (x - root), 0);
      const move = value / (slope - value * repelled);
      x -= move;
      if (Math.abs(move) < 1e-14 * Math.max(1, Math.abs(x))) break;
    }
    nodes[i] = x;
    weights[i] = 1 / hermite(count, x).christoffel;
  }
  return { nodes, weights };
}

/** The orthonormal Hermite polynomial of a degree, and the Christoffel sum of those below it. */
function hermite(degree: number, x: number) {
  let [before, value, christoffel] = [0, 1, 0];
  for (let n = 0; n < degree; n++) {
    christoffel += value * value;
    [before, value] = [value, (x * value - Math.sqrt(n) * before) / Math.sqrt(n + 1)];
  }
  return { value, slope: Math.sqrt(degree) * before, christoffel };
}
