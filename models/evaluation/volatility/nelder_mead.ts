/** A point of the simplex. */
interface Vertex {
  readonly x: readonly number[];
  readonly value: number;
}

/** A smaller spread of the values ends the search. */
const TOLERANCE = 1e-6;

/**
 * Minimizes a function by the simplex method (Nelder and Mead 1965). It draws nothing.
 *
 * @param evaluate The function; Infinity where a point is not allowed.
 * @param start Where it starts; it must be allowed.
 * @param steps Size of the first simplex in each direction.
 * @param most Most evaluations.
 */
export function nelderMead(
  evaluate: (x: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  most: number,
): readonly number[] {
  let left = most;
  const vertex = (x: readonly number[]): Vertex => {
    left--;
    return { x, value: evaluate(x) };
  };
  let simplex = [
    vertex(start),
    ...steps.map((step, i) => vertex(start.with(i, (start[i] ?? NaN) + step))),
  ];
  while (left > 0) {
    simplex = simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex.at(-1)];
    const second = simplex.at(-2);
    if (best === undefined || worst === undefined || second === undefined) break;
    if (worst.value - best.value < TOLERANCE) break;
    const others = simplex.slice(0, -1);
    const center = start.map((_, i) =>
      others.reduce((sum, { x }) => sum + (x[i] ?? NaN), 0) / others.length
    );
    const along = (t: number) =>
      vertex(center.map((middle, i) => middle + t * (middle - (worst.x[i] ?? NaN))));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(2);
      simplex = [...others, expanded.value < reflected.value ? expanded : reflected];
    } else if (reflected.value < second.value) {
      simplex = [...others, reflected];
    } else {
      const contracted = along(reflected.value < worst.value ? 0.5 : -0.5);
      simplex = contracted.value < Math.min(reflected.value, worst.value)
        ? [...others, contracted]
        : [
          best,
          ...simplex.slice(1).map(({ x }) =>
            vertex(x.map((value, i) => ((best.x[i] ?? NaN) + value) / 2))
          ),
        ];
    }
  }
  return simplex.reduce((a, b) => (b.value < a.value ? b : a)).x;
}
