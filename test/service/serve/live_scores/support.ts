import type { ModelOutput, ReadyForecast, Signal } from "../../../../data/schema/signal.ts";
import type { ScoringRules } from "../../../../service/serve/live_scores/rules.ts";
import { quickVolatility } from "../../../support/quick_volatility.ts";
import { makeSignal, makeVolatilityOutput } from "../../../support/records.ts";

/** Rules of a model that was trained on BTCUSDT: its terciles end at 10 and 20 bp. */
export function makeRules(): ScoringRules {
  const { artifact } = quickVolatility();
  if (!("forecast" in artifact)) throw new Error("no volatility model");
  return {
    ...artifact.forecast,
    need: 10,
    horizons: {
      "15": {
        borders_absolute_y: { BTCUSDT: [Math.log(10.1), Math.log(20.1)] },
        borders_week: [-0.5, 0.5],
      },
    },
    log_score: { mean: -0.6, low: -0.7, high: -0.5 },
    baseline: {
      quantity: "range",
      up: [-7, -6],
      down: [-7.5, -6.5],
      table: [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]],
    },
  };
}

/** The final signal of a minute whose price moves by a log return, and what the model says in it. */
export interface Minute {
  readonly signal: Signal;
  readonly output: ModelOutput;
}

/**
 * Minutes of a market that rises by `bp` basis points in one and falls by as much in the next, so
 * that the volatility of n minutes is bp sqrt(n).
 *
 * @param output What differs in the model's output of a minute.
 */
export function makeMinutes(
  count: number,
  bp: number,
  output: (index: number) => Partial<ReadyForecast> = () => ({}),
): readonly Minute[] {
  const [low, high] = [100, 100 * Math.exp(bp / 1e4)];
  return Array.from({ length: count }, (_, index) => {
    const [open, close] = index % 2 === 0 ? [low, high] : [high, low];
    return {
      signal: { ...makeSignal(index), open, close, low, high },
      output: { ...makeVolatilityOutput(), ...output(index) },
    };
  });
}
