/** One regime of the simulated market: its true parameters. */
export interface Regime {
  readonly name: string;
  /** Volatility over the volatility scale. */
  readonly volatility: number;
  /** Expected number of trades over the activity scale: the volatility to the power of 0.9. */
  readonly activity: number;
}

/** The regimes in order of volatility. They say nothing of the price's direction. */
export const REGIMES: readonly [Regime, Regime, Regime] = [
  { name: "Calm", volatility: 0.7, activity: 0.73 },
  { name: "Normal", volatility: 1, activity: 1 },
  { name: "Turbulent", volatility: 1.43, activity: 1.38 },
];

/** Mean time in each regime, minutes. */
export const DWELL_MINUTES = 240;

const LEAVE = 1 / DWELL_MINUTES;

/** Probability of regime j (column) in the minute after regime i (row). */
export const TRANSITIONS: readonly (readonly number[])[] = [
  [1 - LEAVE, LEAVE, 0],
  [LEAVE / 2, 1 - LEAVE, LEAVE / 2],
  [0, LEAVE, 1 - LEAVE],
];

/** Long-run share of each regime. */
export const LONG_RUN: readonly number[] = [0.25, 0.5, 0.25];

/**
 * The regime after one minute. Of two regimes the higher is never the lower after it, for the same
 * random number: {@linkcode RegimePaths} rests on that.
 *
 * @param uniform A random number in [0, 1).
 */
export function nextRegime(index: number, uniform: number): number {
  // So most minutes need no more.
  if (uniform >= LEAVE && uniform < 1 - LEAVE) return index;
  const share = index === 1 ? LEAVE / 2 : LEAVE;
  if (uniform < share) return Math.max(0, index - 1);
  return uniform >= 1 - share ? Math.min(REGIMES.length - 1, index + 1) : index;
}
