import { filterLogDensities } from "../../models/evaluation/log_filter.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import {
  DYNAMICS,
  expectedDrift,
  longRunShares,
  minuteOfWeek,
  type Regime,
  REGIMES,
  transitionMatrix,
  WEEK_MINUTES,
} from "../../service/commands/notebooks.ts";
import { normalQuadrature } from "./gauss_hermite.ts";

/** What a minute of the simulated market shows, and the scales that its past gives. */
export interface ObservedMinute {
  /** Open time, ms UTC. */
  readonly time: number;
  /** Over the minute. */
  readonly logReturn: number;
  /** Aggregate trades. */
  readonly trades: number;
  /** See `TrueMinute`. */
  readonly volatilityScale: number;
  readonly activityScale: number;
  /** Log of the price at the start of the minute over the base price. */
  readonly logPrice: number;
}

/** The volatility shock: everything is smooth in it. */
const SHOCK = normalQuadrature(15);
/** The activity shock, about the most probable one given the count. */
const ACTIVITY = normalQuadrature(7);
const NEWTON_STEPS = 8;
/** Quadrature about a point next to the mode is as good. */
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
 * ln P(count) when the log of a Poisson mean is Normal(mean, deviation^2): quadrature about the
 * mode of the integrand and with its curvature (Liu and Pierce 1994), which stays exact where the
 * count says much more of the mean than the prior does.
 *
 * @param count A whole number from 0.
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
 * ln p(log return, trades) of a minute in a regime of the simulated market, the model in
 * `trueMinutes` with both shocks integrated out. A minute without a trade has no return: for it,
 * ln P(no trade).
 */
export function logDensity(minute: ObservedMinute, regime: Regime): number {
  const { volatilityShock, sharedShock, activityShock, reversion } = DYNAMICS;
  const { logReturn, trades, volatilityScale, logPrice } = minute;
  const expected = expectedDrift(weekOf(minute));
  const drift = (regime.drift - expected) * volatilityScale - reversion * logPrice;
  const activity = Math.log(minute.activityScale * regime.activity);
  const logs = SHOCK.nodes.map((node, i) => {
    const shock = volatilityShock * node;
    const deviation = volatilityScale * regime.volatility * Math.exp(shock);
    return Math.log(SHOCK.weights[i] ?? NaN) +
      (trades > 0 ? logNormal(logReturn, drift, deviation) : 0) +
      logPoissonLogNormal(trades, activity + sharedShock * shock, activityShock);
  });
  const most = logs.reduce((a, b) => Math.max(a, b));
  return most + Math.log(logs.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

/**
 * The Bayes-optimal filter of the simulated market: it knows the true parameters and sees each
 * minute's log return and number of trades. It begins in the chain's long-run distribution
 * at that minute of the week.
 *
 * @param minutes Contiguous.
 * @returns P(regime | the minute and those before it), minute after minute, a number a regime.
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
