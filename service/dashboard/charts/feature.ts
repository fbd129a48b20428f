import type { Signal } from "../../../data/schema/signal.ts";
import type { FeatureScale, FeatureStyle } from "../data/features.ts";
import { numberLabels } from "./axis_labels.ts";
import { type Chart, type ChartSize, frame, type TimeAxis } from "./frame.ts";
import { linePath, pathMark } from "./path.ts";
import { roundBelow, roundTicks } from "./ticks.ts";

/** Data of the chart of one feature. */
export interface FeatureData {
  readonly signals: readonly Signal[];
  /** The forming minute. The axis includes it; `formingPoint` draws it. */
  readonly nowcast: Signal | null;
  readonly feature: FeatureStyle;
  readonly scale: FeatureScale;
  readonly time: TimeAxis;
}

/** One feature over time, raw or normalized. */
export function featureChart(data: FeatureData, size: ChartSize): Chart {
  const { signals, nowcast, feature, scale, time } = data;
  const value = (signal: Signal) => feature.value(signal, scale);
  const shown = nowcast === null ? signals : [...signals, nowcast];
  const values = shown.map(value).filter((each) => each !== undefined);
  const { domain, ticks } = scale === "raw" && !feature.signed
    ? positiveAxis(values)
    : symmetricAxis(values);
  return frame(
    `${feature.title}, ${scale === "normalized" ? "normalized" : feature.unit}`,
    [
      pathMark(
        { class: "zero" },
        (x, y) => `M${x(time.window.from)},${Math.round(y(0))}H${x(time.window.to)}`,
      ),
      pathMark({ class: "line" }, (x, y) => linePath(signals, value, x, y)),
    ],
    time,
    { domain, ticks, format: numberLabels(ticks) },
    size,
  );
}

/** An axis from zero, for values that cannot be negative. */
function positiveAxis(values: readonly number[]) {
  const highest = Math.max(...values) * 1.1;
  const domain = [0, highest > 0 ? highest : 1] as const;
  return { domain, ticks: roundTicks(domain, 3) };
}

/** An axis symmetric about zero, so that the sign is visible at a glance. */
function symmetricAxis(values: readonly number[]) {
  const farthest = Math.max(...values.map(Math.abs)) * 1.1;
  const reach = farthest > 0 ? farthest : 1;
  const step = roundBelow(reach * 0.8);
  return { domain: [-reach, reach] as const, ticks: [-step, 0, step] };
}
