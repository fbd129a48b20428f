import { SEASONALITY, WEEK_MINUTES } from "./seasonality.ts";

/** One regime of the simulated market: its true parameters. */
export interface Regime {
  readonly name: string;
  /**
   * Mean log return of a minute in units of the volatility scale, before what the time of the week
   * leads one to expect is taken off, see {@link expectedDrift}.
   */
  readonly drift: number;
  /** Volatility over the volatility scale. */
  readonly volatility: number;
  /** Aggregate trades a minute over the activity scale. */
  readonly activity: number;
  /** Probability that the aggressor buys, less one half. */
  readonly tilt: number;
  /** Mean time in the regime when the session is as busy as on average, minutes. */
  readonly dwell: number;
  /** Where the regime goes to when it ends at such a time: indices and the first's probability. */
  readonly successors: readonly [number, number];
  readonly firstSuccessor: number;
}

/**
 * The regimes in order of drift: markets fall in haste and rise at leisure (Black 1976). They carry
 * nearly all that the levels of volatility and activity do from hour to hour. In BTCUSDT, ETHUSDT
 * and FILUSDT the log of an hour's realized volatility has a standard deviation of 0.44 to 0.57;
 * here it is 0.56.
 */
export const REGIMES: readonly [Regime, Regime, Regime] = [
  {
    name: "Bearish Extreme",
    drift: -0.03,
    volatility: 1.8,
    activity: 1.7,
    tilt: -0.05,
    dwell: 260,
    successors: [1, 2],
    firstSuccessor: 0.95,
  },
  {
    name: "Normal Market",
    drift: 0,
    volatility: 1,
    activity: 1,
    tilt: 0,
    dwell: 260,
    successors: [0, 2],
    firstSuccessor: 0.5,
  },
  {
    name: "Bullish Extreme",
    drift: 0.03,
    volatility: 0.57,
    activity: 0.6,
    tilt: 0.03,
    dwell: 260,
    successors: [1, 0],
    firstSuccessor: 0.95,
  },
];

/** Index of the regime in which every simulated market begins. */
export const FIRST_REGIME = 1;

/**
 * How much a busy session hastens every change to a busier regime, and delays every change to a
 * quieter one: the rate takes the session's activity to this power.
 */
const SESSION_PULL = 2.5;

/** Probability of regime `to` in a minute of the week after another regime in the one before it. */
function changeProbability(week: number, from: Regime, to: number): number {
  const busier = Math.sign((REGIMES[to]?.activity ?? NaN) - from.activity);
  const share = to === from.successors[0] ? from.firstSuccessor : 1 - from.firstSuccessor;
  const session = Math.exp(SESSION_PULL * busier * (SEASONALITY.session[week] ?? NaN));
  return share * session / from.dwell;
}

/** Probabilities of a change to the two successors of each regime, by minute of the week. */
const CHANGES: readonly (readonly [Float64Array, Float64Array])[] = REGIMES.map((regime) => {
  const column = (to: number) =>
    Float64Array.from({ length: WEEK_MINUTES }, (_, week) => changeProbability(week, regime, to));
  return [column(regime.successors[0]), column(regime.successors[1])];
});

/**
 * The regime after one minute.
 *
 * @param week The minute of the week that begins.
 * @param uniform A random number in [0, 1).
 */
export function nextRegime(index: number, week: number, uniform: number): number {
  const changes = CHANGES[index];
  const successors = REGIMES[index]?.successors;
  if (changes === undefined || successors === undefined) return FIRST_REGIME;
  const first = changes[0][week] ?? NaN;
  if (uniform < first) return successors[0];
  return uniform < first + (changes[1][week] ?? NaN) ? successors[1] : index;
}

/**
 * Probability of regime j (column) in a minute of the week after regime i (row) in the minute
 * before it.
 */
export function transitionMatrix(week: number): number[][] {
  return REGIMES.map(({ successors }, i) => {
    const [first = NaN, second = NaN] = CHANGES[i]?.map((column) => column[week] ?? NaN) ?? [];
    const row = [0, 0, 0];
    row[i] = 1 - first - second;
    row[successors[0]] = first;
    row[successors[1]] = second;
    return row;
  });
}

/** Long-run share of each regime in every minute of the week, minute after minute. */
function makeShares(): Float64Array {
  const shares = new Float64Array(WEEK_MINUTES * REGIMES.length).fill(1 / REGIMES.length);
  // A week is enough for the chain to forget where it began.
  for (let minute = 1; minute <= 2 * WEEK_MINUTES; minute++) {
    const week = minute % WEEK_MINUTES;
    const before = REGIMES.length * ((minute - 1) % WEEK_MINUTES);
    const matrix = transitionMatrix(week);
    for (let k = 0; k < REGIMES.length; k++) {
      let share = 0;
      for (let j = 0; j < REGIMES.length; j++) {
        share += (shares[before + j] ?? NaN) * (matrix[j]?.[k] ?? NaN);
      }
      shares[REGIMES.length * week + k] = share;
    }
  }
  return shares;
}

const SHARES = makeShares();

/** Long-run share of each regime in a minute of the week. */
export function longRunShares(week: number): number[] {
  return [...SHARES.subarray(REGIMES.length * week, REGIMES.length * (week + 1))];
}

const EXPECTED_DRIFT = Float64Array.from(
  { length: WEEK_MINUTES },
  (_, week) =>
    longRunShares(week).reduce((sum, share, k) => sum + share * (REGIMES[k]?.drift ?? NaN), 0),
);

/**
 * Mean of the regimes' drifts in a minute of the week, which is taken off each of them: over time
 * the drifts cancel out, and no hour has one.
 */
export function expectedDrift(week: number): number {
  return EXPECTED_DRIFT[week] ?? NaN;
}
