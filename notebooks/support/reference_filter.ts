import type { BarSequence } from "../../models/training/sequences.ts";
import {
  DYNAMICS,
  keptOf,
  LONG_RUN,
  REGIMES,
  TRANSITIONS,
  type TrueMinute,
} from "../../service/commands/notebooks.ts";
import { rouwenhorst, withKicks } from "./node_chain.ts";
import { seeMinute, SeenDensity } from "./seen_density.ts";

const [SLOW, FAST] = DYNAMICS.gusts;
const SLOW_CHAIN = rouwenhorst(11, keptOf(SLOW), SLOW.deviation);
const FAST_CHAIN = withKicks(
  rouwenhorst(13, keptOf(FAST), FAST.deviation),
  DYNAMICS.newsProbability,
  DYNAMICS.newsKick,
);

/** The hidden states: each regime with each pair of gusts, the fast one in the innermost order. */
const STATES = REGIMES.flatMap(({ volatility, activity }, regime) =>
  [...SLOW_CHAIN.nodes].flatMap((slow) =>
    [...FAST_CHAIN.nodes].map((fast) => ({
      regime,
      logVolatility: Math.log(volatility) + slow + fast,
      logActivity: Math.log(activity) + DYNAMICS.activityByVolatility * (slow + fast),
    }))
  )
);

/** A factor of the hidden chain: the steps of one coordinate, the others as they are. */
interface Axis {
  readonly transitions: readonly ArrayLike<number>[];
  /** Distance of neighbours on this axis. */
  readonly stride: number;
}

const FAST_AXIS: Axis = { transitions: FAST_CHAIN.transitions, stride: 1 };
const SLOW_AXIS: Axis = { transitions: SLOW_CHAIN.transitions, stride: FAST_CHAIN.nodes.length };
const REGIME_AXIS: Axis = {
  transitions: TRANSITIONS,
  stride: SLOW_AXIS.stride * SLOW_CHAIN.nodes.length,
};

function stepAxis(from: Float64Array, to: Float64Array, { transitions, stride }: Axis): void {
  const size = transitions.length;
  to.fill(0);
  for (let first = 0; first < from.length; first += size * stride) {
    for (const [i, row] of transitions.entries()) {
      for (let j = 0; j < size; j++) {
        const p = row[j] ?? NaN;
        if (p === 0) continue;
        for (let k = 0; k < stride; k++) {
          const target = first + j * stride + k;
          to[target] = (to[target] ?? NaN) + p * (from[first + i * stride + k] ?? NaN);
        }
      }
    }
  }
}

function longRun(): Float64Array {
  return Float64Array.from(
    LONG_RUN.flatMap((regime) =>
      [...SLOW_CHAIN.longRun].flatMap((slow) =>
        [...FAST_CHAIN.longRun].map((fast) => regime * slow * fast)
      )
    ),
  );
}

/** The scales of a minute, which the time alone determines. */
export type KnownMinute = Pick<TrueMinute, "volatilityScale" | "activityScale">;

/**
 * The reference: a filter of the regimes that knows the simulator's parameters and the scales of
 * each minute, and sees what a model sees, high and low and volume too. It follows the gusts beside
 * the regime, on a grid. It is no bound: the grid is coarse, the densities are normal ones fitted to
 * another market, and the close says nothing to it that high and low do not.
 *
 * @param minutes The scales of each bar.
 * @returns P(regime | the bar and earlier ones), bar after bar, one number per regime.
 */
export function filterReference(
  bars: BarSequence,
  minutes: readonly KnownMinute[],
  density: SeenDensity,
): Float64Array {
  const posteriors = new Float64Array(minutes.length * REGIMES.length);
  let state: Float64Array = longRun();
  let spare: Float64Array = new Float64Array(state.length);
  const logs = new Float64Array(state.length);
  for (const [t, { volatilityScale, activityScale }] of minutes.entries()) {
    for (const axis of [REGIME_AXIS, SLOW_AXIS, FAST_AXIS]) {
      stepAxis(state, spare, axis);
      [state, spare] = [spare, state];
    }
    const seen = seeMinute(bars, t);
    const [volatility, activity] = [Math.log(volatilityScale), Math.log(activityScale)];
    let highest = -Infinity;
    for (const [i, { logVolatility, logActivity }] of STATES.entries()) {
      const log = density.at(seen, volatility + logVolatility, activity + logActivity);
      logs[i] = log;
      highest = Math.max(highest, log);
    }
    let sum = 0;
    for (let i = 0; i < state.length; i++) {
      const weight = (state[i] ?? NaN) * Math.exp((logs[i] ?? NaN) - highest);
      state[i] = weight;
      sum += weight;
    }
    for (const [i, { regime }] of STATES.entries()) {
      const p = (state[i] ?? NaN) / sum;
      state[i] = p;
      const cell = t * REGIMES.length + regime;
      posteriors[cell] = (posteriors[cell] ?? NaN) + p;
    }
  }
  return posteriors;
}
