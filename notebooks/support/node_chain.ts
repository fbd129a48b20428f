/** A Markov chain over equally spaced values. */
export interface NodeChain {
  readonly nodes: Float64Array;
  /** Probabilities from node (row) to node (column). */
  readonly transitions: readonly Float64Array[];
  /** Long-run probabilities. */
  readonly longRun: Float64Array;
}

/**
 * A chain in place of a first-order autoregression around 0. It has the same mean and variance
 * given the value before, and the same long run (Rouwenhorst 1995).
 *
 * @param count Number of nodes, from 2.
 * @param kept Share of a value that is left after a step.
 * @param deviation Long-run standard deviation.
 */
export function rouwenhorst(count: number, kept: number, deviation: number): NodeChain {
  const stay = (1 + kept) / 2;
  let transitions = [Float64Array.of(stay, 1 - stay), Float64Array.of(1 - stay, stay)];
  for (let size = 3; size <= count; size++) {
    const grown = Array.from({ length: size }, () => new Float64Array(size));
    const add = (i: number, j: number, p: number) => {
      const row = grown[i];
      // Each row in between is the sum of two.
      if (row) row[j] = (row[j] ?? NaN) + (i > 0 && i < size - 1 ? p / 2 : p);
    };
    for (const [i, row] of transitions.entries()) {
      for (const [j, p] of row.entries()) {
        add(i, j, stay * p);
        add(i, j + 1, (1 - stay) * p);
        add(i + 1, j, (1 - stay) * p);
        add(i + 1, j + 1, stay * p);
      }
    }
    transitions = grown;
  }
  const reach = deviation * Math.sqrt(count - 1);
  const nodes = Float64Array.from({ length: count }, (_, i) => reach * (2 * i / (count - 1) - 1));
  const longRun = new Float64Array(count);
  let binomial = 0.5 ** (count - 1);
  for (let i = 0; i < count; i++) {
    longRun[i] = binomial;
    binomial *= (count - 1 - i) / (i + 1);
  }
  return { nodes, transitions, longRun };
}

/** The chain when each step is followed, with a probability, by a kick upwards. */
export function withKicks(
  { nodes, transitions, longRun }: NodeChain,
  probability: number,
  kick: number,
): NodeChain {
  const last = nodes.length - 1;
  const moved = kick / ((nodes[1] ?? NaN) - (nodes[0] ?? NaN));
  return {
    nodes,
    longRun,
    transitions: transitions.map((row) => {
      const kicked = row.map((p) => (1 - probability) * p);
      for (const [j, p] of row.entries()) {
        const target = Math.min(j + moved, last);
        const below = Math.floor(target);
        const above = Math.min(below + 1, last);
        kicked[below] = (kicked[below] ?? NaN) + probability * p * (below + 1 - target);
        kicked[above] = (kicked[above] ?? NaN) + probability * p * (target - below);
      }
      return kicked;
    }),
  };
}
