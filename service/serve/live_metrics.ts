import type { LiveMarket, LiveWindow, LiveWindows } from "../../data/schema/live.ts";
import { STEADY_INPUTS } from "./live_scores/retrain.ts";
import type { Metric, Sample } from "./metrics.ts";
import type { ServiceView } from "./service_view.ts";

/** In place of a market, of all of them together; no market is in lower case. */
const ALL = "all";

type View = Pick<ServiceView, "models">;

/** A sample of each model, market and window. */
function samplesOf(
  { models }: View,
  value: (window: LiveWindow) => number | null,
): readonly Sample[] {
  const samples: Sample[] = [];
  for (const { name: model, live } of models) {
    if (live === undefined) continue;
    const add = (symbol: string, { day, week }: LiveWindows) => {
      samples.push([{ model, symbol, window: "day" }, value(day)]);
      samples.push([{ model, symbol, window: "week" }, value(week)]);
    };
    add(ALL, live.pooled);
    for (const [symbol, market] of Object.entries(live.symbols)) add(symbol, market);
  }
  return samples;
}

/** A sample of each model and market. */
function driftOf(
  { models }: View,
  value: (drift: LiveMarket["drift"]) => number | null,
): readonly Sample[] {
  return models.flatMap(({ name: model, live }) =>
    Object.entries(live?.symbols ?? {})
      .map(([symbol, { drift }]): Sample => [{ model, symbol }, value(drift)])
  );
}

/** The highest stability index that is a reason to train again; null while there is none. */
function highest({ inputs }: LiveMarket["drift"]): number | null {
  const known = Object.entries(inputs)
    .flatMap(([name, index]) => STEADY_INPUTS.has(name) && index !== null ? [index] : []);
  return known.length === 0 ? null : Math.max(...known);
}

const WINDOW_LABELS = ["model", "symbol", "window"];

/** How right the published forecasts were, and how far the markets are from the training. */
export function liveMetrics(view: View): readonly Metric[] {
  const score = (
    name: string,
    help: string,
    value: (window: LiveWindow) => number | null,
  ): Metric => ({
    name: `forecast_${name}`,
    type: "gauge",
    help: `${help} Window: day or week; symbol "${ALL}": all markets.`,
    labels: WINDOW_LABELS,
    samples: () => samplesOf(view, value),
  });
  return [
    score("scored", "Published forecasts of 15 minutes that have matured.", (w) => w.forecasts),
    score(
      "scored_60",
      "Published forecasts of 60 minutes that have matured.",
      (w) => w.forecasts_60,
    ),
    score(
      "coverage",
      "Share of volatilities inside the 80 % interval of 15 minutes; absent below 200 forecasts.",
      (w) => w.coverage_80,
    ),
    score(
      "coverage_60",
      "Share of volatilities inside the 80 % interval of 60 minutes; absent below 200 forecasts.",
      (w) => w.coverage_80_60,
    ),
    score("brier_label", "Brier score of the regimes' probabilities.", (w) => w.brier_label),
    score(
      "brier_threshold",
      "Brier score of a plain threshold on the range, on the same minutes.",
      (w) => w.brier_threshold,
    ),
    score(
      "brier_change",
      "Brier score of the probability that the regime changes within 60 minutes.",
      (w) => w.brier_change,
    ),
    score("log_score", "Mean ln p of the tercile that came.", (w) => w.log_score),
    score(
      "log_score_expected",
      "The log score in the mean if the probabilities are right.",
      (w) => w.log_score_expected,
    ),
    score("shocks", "Shocks among the minutes of scored forecasts.", (w) => w.shocks),
    {
      name: "forecast_input_psi_max",
      type: "gauge",
      help:
        "Highest population stability index over the week of the inputs that are a reason to train again.",
      labels: ["model", "symbol"],
      samples: () => driftOf(view, highest),
    },
    {
      name: "forecast_retrain",
      type: "gauge",
      help: "1 while /api/v1/models has a reason to train the model again.",
      labels: ["model", "symbol"],
      samples: () => driftOf(view, ({ retrain }) => Number(retrain !== null)),
    },
  ];
}
