/** One regime of the simulated market: its true parameters. */
export interface Regime {
  readonly name: string;
  /** Mean log return of a minute in units of the volatility scale. */
  readonly drift: number;
  /** Volatility over the volatility scale. */
  readonly volatility: number;
  /** Aggregate trades a minute over the activity scale. */
  readonly activity: number;
  /** Probability that the aggressor buys, less one half. */
  readonly tilt: number;
  /** Mean time in the regime, minutes; the time is geometrically distributed. */
  readonly dwell: number;
  /** Where the regime goes to when it ends: two indices, and the probability of the first. */
  readonly successors: readonly [number, number];
  readonly firstSuccessor: number;
}

/**
 * The regimes in order of drift. A quiet market most of the time; a falling one is short, violent
 * and busy, a rising one lasts longer and is calmer. Over time the drifts cancel out.
 */
export const REGIMES: readonly [Regime, Regime, Regime] = [
  {
    name: "Bearish Extreme",
    drift: -0.2,
    volatility: 1.55,
    activity: 1.75,
    tilt: -0.05,
    dwell: 35,
    successors: [1, 2],
    firstSuccessor: 0.6,
  },
  {
    name: "Normal Market",
    drift: 0,
    volatility: 0.85,
    activity: 0.82,
    tilt: 0,
    dwell: 150,
    successors: [0, 2],
    firstSuccessor: 0.45,
  },
  {
    name: "Bullish Extreme",
    drift: 0.107,
    volatility: 1.2,
    activity: 1.3,
    tilt: 0.03,
    dwell: 50,
    successors: [0, 1],
    firstSuccessor: 0.2,
  },
];

/** Index of the regime in which every simulated market begins. */
export const FIRST_REGIME = 1;

/**
 * The regime after one minute.
 *
 * @param uniform A random number in [0, 1).
 */
export function nextRegime(index: number, uniform: number): number {
  const regime = REGIMES[index] ?? REGIMES[FIRST_REGIME];
  const scaled = uniform * regime.dwell;
  if (scaled >= 1) return index;
  return scaled < regime.firstSuccessor ? regime.successors[0] : regime.successors[1];
}

/** Probability of regime j (column) in a minute after regime i (row) in the minute before it. */
export function transitionMatrix(): number[][] {
  return REGIMES.map(({ dwell, successors, firstSuccessor }, i) => {
    const row = [0, 0, 0];
    row[i] = 1 - 1 / dwell;
    row[successors[0]] = firstSuccessor / dwell;
    row[successors[1]] = (1 - firstSuccessor) / dwell;
    return row;
  });
}
