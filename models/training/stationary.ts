/** Most steps: a chain that mixes at all has mixed by then. */
const MAX_STEPS = 1_000_000;
/** Convergence: largest change of a probability in one step. */
const TOLERANCE = 1e-15;

/**
 * The stationary distribution of a Markov chain, by power iteration from the uniform distribution.
 *
 * @param transmat Transition probabilities from row to column [K][K].
 */
export function stationaryDistribution(transmat: readonly (readonly number[])[]): number[] {
  const states = transmat.length;
  let p = new Array<number>(states).fill(1 / states);
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = p.map((_, k) =>
      transmat.reduce((sum, row, j) => sum + (p[j] ?? 0) * (row[k] ?? 0), 0)
    );
    const total = next.reduce((sum, value) => sum + value, 0);
    const scaled = next.map((value) => value / total);
    const change = Math.max(...scaled.map((value, k) => Math.abs(value - (p[k] ?? 0))));
    p = scaled;
    if (change < TOLERANCE) break;
  }
  return p;
}
