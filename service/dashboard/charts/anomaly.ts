import type { Signal } from "../../../data/schema/signal.ts";
import { numberLabels } from "./axis_labels.ts";
import { type Chart, type ChartSize, frame, paddedDomain, type TimeAxis } from "./frame.ts";
import { diamond, linePath, middleOf, pathMark, rectangle } from "./path.ts";
import { roundTicks } from "./ticks.ts";

/** Data of the anomaly chart. */
export interface AnomalyData {
  readonly signals: readonly Signal[];
  /** The forming minute. The axis includes it; `formingPoint` draws it. */
  readonly nowcast: Signal | null;
  /** A score below it is an anomaly; null without a forest and before the models are loaded. */
  readonly offset: number | null;
  readonly time: TimeAxis;
}

/** Distance of an ordinary score from the threshold: the axis is not narrower, even without scores. */
const ORDINARY = 0.1;

/** The Isolation Forest's score, the threshold, and the anomalies below it. */
export function anomalyChart(data: AnomalyData, size: ChartSize): Chart {
  const { signals, nowcast, offset, time } = data;
  const score = (signal: Signal) => signal.anomaly_score ?? undefined;
  const shown = nowcast === null ? signals : [...signals, nowcast];
  const border = offset === null ? [] : [offset, offset + ORDINARY];
  const scores = [...shown.map(score), ...border].filter((each) => each !== undefined);
  const domain = paddedDomain(scores, 0.12);
  const ticks = roundTicks(domain, size.height / 30);
  return frame(
    "Anomaly score and its threshold",
    [
      pathMark(
        { class: "alarm-zone" },
        (x, y) =>
          offset === null
            ? ""
            : rectangle(x(time.window.from), y(offset), x(time.window.to), y(domain[0])),
      ),
      pathMark(
        { class: "threshold" },
        (x, y) =>
          offset === null ? "" : `M${x(time.window.from)},${y(offset)}H${x(time.window.to)}`,
      ),
      pathMark(
        { class: "line" },
        (x, y) => linePath(signals, score, x, y),
      ),
      pathMark(
        { class: "anomaly-mark" },
        (x, y) =>
          signals.filter((signal) => signal.is_anomaly === true)
            .map((signal) => diamond(x(middleOf(signal)), y(score(signal) ?? NaN))).join(""),
      ),
    ],
    time,
    { domain, ticks, format: numberLabels(ticks) },
    size,
  );
}
