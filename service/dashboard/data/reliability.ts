import {
  FEWEST_FORECASTS,
  type Live,
  type LiveWindow,
  type LiveWindows,
} from "../../../data/schema/live.ts";
import { formatCount, formatNumber, formatProbability } from "../format/number.ts";
import type { HealthFact } from "./health.ts";

const NOTHING = "–";

/** A share of so many forecasts; how many there are while they are too few. */
function shareOf(share: number | null, count: number): string {
  return share === null
    ? `not yet: ${count} of ${FEWEST_FORECASTS}`
    : `${formatProbability(share)} of ${formatCount(count)}`;
}

/** Brier score of the regimes' probabilities beside that of the plain threshold. */
function brierOf({ brier_label: label, brier_threshold: threshold }: LiveWindow): string {
  if (label === null) return NOTHING;
  const own = formatNumber(label, 3);
  return threshold === null ? own : `${own}, threshold ${formatNumber(threshold, 3)}`;
}

/** The scores that are shown, by name. */
const SCORES: readonly (readonly [name: string, text: (windows: LiveWindows) => string])[] = [
  ["15 min, day", ({ day }) => shareOf(day.coverage_80, day.forecasts)],
  ["15 min, week", ({ week }) => shareOf(week.coverage_80, week.forecasts)],
  ["60 min, day", ({ day }) => shareOf(day.coverage_80_60, day.forecasts_60)],
  ["60 min, week", ({ week }) => shareOf(week.coverage_80_60, week.forecasts_60)],
  ["Brier, week", ({ week }) => brierOf(week)],
];

/**
 * How right the published forecasts of a market were, and whether the model still fits it.
 *
 * @param simulated Whether the market is a simulated one. That a model of real bars does not fit it
 *   is no reason to train that model again.
 */
export function reliabilityOf(
  live: Live | null,
  symbol: string,
  simulated: boolean,
): readonly HealthFact[] {
  const market = live?.symbols[symbol];
  const facts = SCORES.map(([name, text]) => ({
    name,
    value: market === undefined ? NOTHING : text(market),
    warn: false,
  }));
  const { trained_on: trained, drift } = market ?? {};
  if (simulated) {
    if (market !== undefined) {
      facts.push({ name: "Trained on", value: "real bars, not simulated ones", warn: false });
    }
    return facts;
  }
  if (trained !== undefined) {
    const value = `${trained.join(", ")}, not on ${symbol}`;
    facts.push({ name: "Trained on", value, warn: false });
  }
  const retrain = drift?.retrain ?? null;
  if (retrain !== null) facts.push({ name: "Retrain", value: retrain, warn: true });
  return facts;
}
