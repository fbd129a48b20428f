/** Number of pairs among `n`. */
const pairs = (n: number) => n * (n - 1) / 2;

/** Pairs within the groups of a count table. */
function sumPairs(counts: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += pairs(count);
  return sum;
}

/**
 * Adjusted Rand index of two labellings of the same rows (Hubert and Arabie 1985, equation 5): 1
 * when they are equal up to names or each is a single group, 0 on average when they are
 * independent.
 *
 * @throws RangeError when their lengths differ.
 */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot compare labellings as their lengths must be equal: current values are ${a.length} ` +
        `and ${b.length}`,
    );
  }
  const cells = new Map<number, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const count = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let t = 0; t < a.length; t++) {
    const [i, j] = [a[t] ?? 0, b[t] ?? 0];
    count(cells, i * 65_536 + j);
    count(rows, i);
    count(columns, j);
  }
  const [both, inA, inB] = [cells, rows, columns].map(sumPairs);
  const expected = (inA ?? NaN) * (inB ?? NaN) / pairs(a.length);
  const highest = ((inA ?? NaN) + (inB ?? NaN)) / 2;
  return highest === expected ? 1 : ((both ?? NaN) - expected) / (highest - expected);
}
