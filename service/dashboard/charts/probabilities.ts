import type { Posterior } from "../data/posteriors.ts";
import { type Chart, type ChartSize, frame, type Position, type TimeAxis } from "./frame.ts";
import { pathMark, rectangle } from "./path.ts";

/** Data of the probability chart. */
export interface ProbabilityData {
  readonly posteriors: readonly Posterior[];
  /** Colour of each regime. */
  readonly colours: readonly string[];
  readonly time: TimeAxis;
}

/** The filtered posteriors, stacked to 1, one step per candle. */
export function probabilityChart(data: ProbabilityData, size: ChartSize): Chart {
  const { posteriors, colours, time } = data;
  return frame(
    "Regime probabilities, stacked",
    colours.map((colour, state) =>
      pathMark(
        { class: "probability", fill: colour },
        (x, y) => posteriors.map((posterior) => probabilityStep(posterior, state, x, y)).join(""),
      )
    ),
    time,
    { domain: [0, 1], ticks: [0, 0.5, 1], format: (share) => `${share * 100}%` },
    size,
  );
}

/** Path data of the share of one regime, stacked on the regimes before it. */
export function probabilityStep(
  { from, to, probabilities }: Posterior,
  state: number,
  x: Position,
  y: Position,
): string {
  let below = 0;
  for (const share of probabilities.slice(0, state)) below += share;
  const share = probabilities[state] ?? 0;
  return share < 0.002 ? "" : rectangle(x(from), y(below + share), x(to), y(below));
}
