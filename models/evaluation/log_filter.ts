/** A hidden Markov chain without its emissions. */
export interface HiddenChain {
  /** Initial distribution [K]. */
  readonly startprob: readonly number[];
  /**
   * Transition probabilities from row to column [K][K]; in a chain that changes with time, a
   * function that returns those into a given row of the densities.
   */
  readonly transmat: Transitions | ((row: number) => Transitions);
}

type Transitions = readonly (readonly number[])[];

/**
 * Forward filter of a hidden Markov chain over given emission densities (Rabiner 1989, section
 * III.A). With the true chain and the true densities no causal rule that
 * sees the same is right more often.
 *
 * @param logDensities ln p(x_t | s_t = k), row after row of K, up to a constant per row.
 * @param lengths Rows of each sequence; each starts from the initial distribution.
 * @returns P(s_t | x_1..x_t), row after row of K.
 * @throws RangeError when a row has density 0 in every reachable state, or a density is NaN.
 */
export function filterLogDensities(
  { startprob, transmat }: HiddenChain,
  logDensities: Float64Array,
  lengths: readonly number[],
): Float64Array {
  const states = startprob.length;
  const posteriors = new Float64Array(logDensities.length);
  const transitionsInto = typeof transmat === "function" ? transmat : () => transmat;
  const predicted = new Float64Array(states);
  let row = 0;
  for (const length of lengths) {
    predicted.set(startprob);
    for (const end = row + length; row < end; row++) {
      const logs = logDensities.subarray(row * states, (row + 1) * states);
      const posterior = posteriors.subarray(row * states, (row + 1) * states);
      const highest = logs.reduce(
        (a, b, k) => (predicted[k] ?? 0) > 0 ? Math.max(a, b) : a,
        -Infinity,
      );
      let sum = 0;
      for (let k = 0; k < states; k++) {
        const prior = predicted[k] ?? 0;
        const p = prior > 0 ? prior * Math.exp((logs[k] ?? NaN) - highest) : 0;
        posterior[k] = p;
        sum += p;
      }
      if (!(sum > 0)) {
        throw new RangeError(
          `Cannot filter row ${row} as a reachable state must have a finite log density: ` +
            `current values are ${logs.join(", ")}`,
        );
      }
      predicted.fill(0);
      const transitions = row + 1 < end ? transitionsInto(row + 1) : [];
      for (let j = 0; j < states; j++) {
        const p = (posterior[j] ?? NaN) / sum;
        posterior[j] = p;
        for (let k = 0; k < states; k++) {
          predicted[k] = (predicted[k] ?? 0) + p * (transitions[j]?.[k] ?? NaN);
        }
      }
    }
  }
  return posteriors;
}
