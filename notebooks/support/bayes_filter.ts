import { filterLogDensities } from "../../models/evaluation/log_filter.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import {
  DYNAMICS,
  expectedDrift,
  longRunShares,
  minuteOfWeek,
  type Regime,
  REGIMES,
  reversionAt,
  transitionMatrix,
  WEEK_MINUTES,
} from "../../service/commands/notebooks.ts";
import { normalQuadrature } from "./gauss_hermite.ts";

/** The observations of a minute of the simulated market, and its scales, which the past determines. */
export interface ObservedMinute {
  /** Open time, ms UTC. */
  readonly time: number;
  /** Log return of the minute. */
  readonly logReturn: number;
  /** Number of aggregate trades. */
  readonly trades: number;
  /** See `TrueMinute`. */
  readonly volatilityScale: number;
  readonly activityScale: number;
  /** Log of the price at the start of the minute divided by the base price. */
  readonly logPrice: number;
}

/** Quadrature over the volatility shock, in which the integrand is smooth. */
const SHOCK = normalQuadrature(15);
/** Quadrature over the activity shock, around its mode given the count. */
const ACTIVITY = normalQuadrature(7);
const NEWTON_STEPS = 8;
/** The quadrature does not need a more exact mode. */
const NEWTON_TOLERANCE = 1e-4;
const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/** ln(n!), by Stirling's series from 16 on: an error below 1e-12. */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const inverse = 1 / n;
  const square = inverse * inverse;
  return n * Math.log(n) - n + LOG_ROOT_2PI + 0.5 * Math.log(n) +
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
}

function logNormal(x: number, mean: number, deviation: number): number {
  const z = (x - mean) / deviation;
  return -0.5 * z * z - Math.log(deviation) - LOG_ROOT_2PI;
}

/**
 * ln P(count) when the log of a Poisson mean is Normal(mean, deviation^2): quadrature around the
 * mode of the integrand, scaled by its curvature (Liu and Pierce 1994), which stays exact where the
 * count determines the mean much more than the prior.
 *
 * @param count An integer from 0.
 */
export function logPoissonLogNormal(count: number, mean: number, deviation: number): number {
  const precision = 1 / (deviation * deviation);
  const weight = count / (count + precision);
  let mode = weight * Math.log(count + 0.5) + (1 - weight) * mean;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const rate = Math.exp(mode);
    const move = (count - rate - (mode - mean) * precision) / (rate + precision);
    mode += move;
    if (Math.abs(move) < NEWTON_TOLERANCE) break;
  }
  const spread = 1 / Math.sqrt(Math.exp(mode) + precision);
  const height = (x: number) => count * x - Math.exp(x) - 0.5 * precision * (x - mean) ** 2;
  const top = height(mode);
  let sum = 0;
  for (let i = 0; i < ACTIVITY.nodes.length; i++) {
    const node = ACTIVITY.nodes[i] ?? NaN;
    sum += (ACTIVITY.weights[i] ?? NaN) *
      Math.exp(height(mode + spread * node) - top + 0.5 * node * node);
  }
  return top + Math.log(sum * spread / deviation) - logFactorial(count);
}

function weekOf({ time }: ObservedMinute): number {
  return minuteOfWeek(time / MINUTE_MS);
}

/**
 * ln p(log return, trades) of a minute in a regime of the simulated market, with both shocks
 * integrated out. A minute without a trade has no return: for it, ln P(no trade).
 */
export function logDensity(minute: ObservedMinute, regime: Regime): number {
  const { volatilityShock, sharedShock, activityShock } = DYNAMICS;
  const { logReturn, trades, volatilityScale, logPrice } = minute;
  const expected = expectedDrift(weekOf(minute));
  const drift = (regime.drift - expected) * volatilityScale -
    reversionAt(minute.time / MINUTE_MS) * logPrice;
  const activity = Math.log(minute.activityScale * regime.activity);
  const logs = SHOCK.nodes.map((node, i) => {
    const shock = volatilityShock * node;
    const deviation = volatilityScale * regime.volatility * Math.exp(shock);
    return Math.log(SHOCK.weights[i] ?? NaN) +
      (trades > 0 ? logNormal(logReturn, drift, deviation) : 0) +
      logPoissonLogNormal(trades, activity + sharedShock * shock, activityShock);
  });
  const highest = logs.reduce((a, b) => Math.max(a, b));
  return highest + Math.log(logs.reduce((sum, x) => sum + Math.exp(x - highest), 0));
}

/**
 * The oracle: the filter of the simulated market that has the true parameters and observes each
 * minute's log return and number of trades, not its high and low. It is the best for what it sees. It begins in the chain's stationary
 * distribution at that minute of the week.
 *
 * @param minutes Contiguous minutes.
 * @returns P(regime | the minute and earlier ones), minute after minute, one number per regime.
 */
export function filterTrueModel(minutes: readonly ObservedMinute[]): Float64Array {
  const densities = new Float64Array(minutes.length * REGIMES.length);
  for (const [t, minute] of minutes.entries()) {
    for (const [k, regime] of REGIMES.entries()) {
      densities[t * REGIMES.length + k] = logDensity(minute, regime);
    }
  }
  const [first] = minutes;
  if (first === undefined) return densities;
  const week = weekOf(first);
  const chain = {
    startprob: longRunShares(week),
    transmat: (row: number) => transitionMatrix((week + row) % WEEK_MINUTES),
  };
  return filterLogDensities(chain, densities, [minutes.length]);
}
