import type { RenderFunction } from "@observablehq/plot";
import type { Signal } from "../../../data/schema/signal.ts";
import { type Candle, toCandles } from "../data/candles.ts";
import type { Posterior } from "../data/posteriors.ts";
import { regimeRuns } from "../data/regimes.ts";
import { priceLabels } from "./axis_labels.ts";
import { candlePath, isRising } from "./candle_path.ts";
import {
  type Chart,
  type ChartSize,
  frame,
  paddedDomain,
  type Position,
  type TimeAxis,
} from "./frame.ts";
import { diamond, pathMark, rectangle } from "./path.ts";
import { roundTicks } from "./ticks.ts";

/** Data of the price chart. */
export interface PriceData {
  readonly signals: readonly Signal[];
  /** The forming minute. The axis includes it; `formingPrice` draws it. */
  readonly nowcast: Signal | null;
  /** Length of a candle, minutes. */
  readonly candleMinutes: number;
  readonly decimals: number;
  /** Regime probabilities, for the bands behind the candles. */
  readonly posteriors: readonly Posterior[];
  /** Colour of each regime. */
  readonly colours: readonly string[];
  readonly time: TimeAxis;
}

/** Candlesticks over regime bands, with a diamond under candles with an anomalous minute. */
export function priceChart(data: PriceData, size: ChartSize): Chart {
  const { signals, nowcast, candleMinutes, posteriors, colours, time } = data;
  const { closed } = toCandles(signals, nowcast, candleMinutes);
  const shown = nowcast === null ? signals : [...signals, nowcast];
  const domain = paddedDomain(shown.flatMap(({ low, high }) => [low, high]), 0.08);
  const ticks = roundTicks(domain, size.height / 44);
  return frame(
    `Price in ${candleMinutes}-minute candles over regime bands`,
    [
      ...regimeBands(posteriors, colours, domain),
      candleMark(closed.filter(isRising), "up"),
      candleMark(closed.filter((candle) => !isRising(candle)), "down"),
      pathMark(
        { class: "anomaly-mark" },
        (x, y) =>
          closed.map((candle) => candle.anomalous ? anomalyMark(candle, x, y) : "").join(""),
      ),
    ],
    time,
    { domain, ticks, format: priceLabels(ticks) },
    size,
  );
}

/** Path data of the diamond under an anomalous candle. */
export function anomalyMark({ from, to, low }: Candle, x: Position, y: Position): string {
  return diamond((x(from) + x(to)) / 2, y(low) + 8);
}

function candleMark(candles: readonly Candle[], direction: "up" | "down") {
  return pathMark({ class: `candles ${direction}` }, (x, y) =>
    candles.map((candle) => {
      const { body, wick } = candlePath(candle, x, y);
      return wick + body;
    }).join(""));
}

/** The regimes as full-height background bands, one mark per regime. */
function regimeBands(
  posteriors: readonly Posterior[],
  colours: readonly string[],
  domain: readonly [number, number],
): readonly RenderFunction[] {
  const runs = regimeRuns(posteriors);
  return colours.map((colour, state) =>
    pathMark({ class: "band", fill: colour }, (x, y) => {
      const [bottom, top] = [y(domain[0]), y(domain[1])];
      return runs.filter((run) => run.state === state)
        .map((run) => rectangle(x(run.from), top, x(run.to), bottom)).join("");
    })
  );
}
