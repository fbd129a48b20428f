import { FULL_WEEK_MINUTES } from "./hour_sums.ts";
import type { ScoreSums } from "./market_scores.ts";

/** The usual rule: a stability index above it is a large shift. */
const LARGE_SHIFT = 0.25;

/**
 * The inputs whose index can say so. Volatility and its week are of one mood of the market for as
 * long as a week lasts: their index was above 0.25 in half to all of the training's own weeks, that
 * of the volumes and of the leverage of 4 hours in one of 12 to one of 6. Of these it was in none,
 * of momentum_240 in one of 93.
 */
export const STEADY_INPUTS: ReadonlySet<string> = new Set([
  ...["leverage_5", "leverage_15", "leverage_60"],
  ...["momentum_5", "momentum_15", "momentum_60", "momentum_240"],
]);

/**
 * By so much a week's log score may be below what its forecasts expect, nats: in 3 of 308 weeks of
 * the training it was more. The band alone says little of a week, which may be hard to forecast: 171
 * of these weeks were below it.
 */
const USUAL_SHORTFALL = 0.05;

/**
 * Why a model should be trained again for a market; null while nothing says so.
 *
 * @param inputs Stability index of each input.
 * @param week Sums of the week.
 * @param band Lowest and highest log score of the walk-forward tests; null where it says nothing.
 */
export function retrainReason(
  inputs: Readonly<Record<string, number | null>>,
  week: ScoreSums,
  band: readonly [low: number, high: number] | null,
): string | null {
  const shifted = Object.entries(inputs).flatMap(([name, index]) =>
    STEADY_INPUTS.has(name) && index !== null && index > LARGE_SHIFT
      ? [`${name} (stability index ${index.toFixed(2)}, above ${LARGE_SHIFT})`]
      : []
  );
  const reasons = shifted.length === 0 ? [] : [
    `the week's values are not those of the training: ${shifted.join(", ")}`,
  ];
  const score = week.log / week.forecasts;
  const shortfall = week.expected / week.forecasts - score;
  const isInBand = band !== null && score >= band[0];
  if (week.forecasts >= FULL_WEEK_MINUTES && shortfall > USUAL_SHORTFALL && !isInBand) {
    reasons.push(
      `the log score of a full week, ${score.toFixed(3)}, is ${shortfall.toFixed(3)} below what ` +
        `its forecasts expect (usual: at most ${USUAL_SHORTFALL})` +
        (band === null ? "" : ` and below every walk-forward test, ${band[0].toFixed(3)}`),
    );
  }
  return reasons.length === 0 ? null : reasons.join("; ");
}
