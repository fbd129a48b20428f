/**
 * Quantiles of the quantity of an aggregate trade, BTC: the raw trades of BTCUSDT spot of
 * 2024-08-08 23:54 to 24:05, those of the same time, price and side taken together (11,349
 * trades). Beyond 99.9 % a guess.
 */
const QUANTILES: readonly (readonly [number, number])[] = [
  [0, 0.00004],
  [0.01, 0.00008],
  [0.05, 0.00009],
  [0.25, 0.00027],
  [0.5, 0.00107],
  [0.75, 0.0164],
  [0.95, 0.1702],
  [0.99, 0.6161],
  [0.999, 2.513],
  [1, 8],
];

const STEPS = 4096;

function quantile(probability: number): number {
  const above = QUANTILES.findIndex(([p]) => p >= probability);
  const [p1, q1] = QUANTILES[above] ?? [1, 1];
  const [p0, q0] = QUANTILES[above - 1] ?? [p1, q1];
  const weight = p1 > p0 ? (probability - p0) / (p1 - p0) : 0;
  return Math.exp(Math.log(q0) * (1 - weight) + Math.log(q1) * weight);
}

function makeTable(): Float64Array {
  const table = Float64Array.from({ length: STEPS + 1 }, (_, i) => quantile(i / STEPS));
  const inner = table.subarray(1, STEPS).reduce((sum, value) => sum + value, 0);
  const mean = (inner + ((table[0] ?? 0) + (table[STEPS] ?? 0)) / 2) / STEPS;
  return table.map((value) => value / mean);
}

const TABLE = makeTable();

/**
 * Size of a trade relative to the mean.
 *
 * @param uniform A random number in [0, 1): the size grows with it.
 */
export function tradeSize(uniform: number): number {
  const position = uniform * STEPS;
  const step = Math.floor(position);
  const low = TABLE[step] ?? 0;
  return low + ((TABLE[step + 1] ?? low) - low) * (position - step);
}
