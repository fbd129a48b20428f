import type { Signal } from "../../../data/schema/signal.ts";
import { toCandles } from "../data/candles.ts";
import type { Posterior } from "../data/posteriors.ts";
import { formatPrice } from "../format/price.ts";
import { candlePath, isRising } from "./candle_path.ts";
import { type Chart, type ChartSize, MARGIN_RIGHT, type Position } from "./frame.ts";
import { middleOf, svg } from "./path.ts";
import { anomalyMark, type PriceData } from "./price.ts";
import { type ProbabilityData, probabilityStep } from "./probabilities.ts";
import { type VolumeData, volumePath } from "./volume.ts";

/** The scales of a drawn chart. */
function positions(chart: Chart): { readonly x: Position; readonly y: Position } {
  const x = chart.scale("x");
  const y = chart.scale("y");
  return {
    x: (value) => Number(x?.apply(value)),
    y: (value) => Number(y?.apply(value)),
  };
}

/** Whether values lie inside the value axis of a drawn chart. */
export function fits(chart: Chart, ...values: readonly number[]): boolean {
  const domain: unknown = chart.scale("y")?.domain;
  if (!Array.isArray(domain)) return false;
  const [low, high] = domain.map(Number);
  return values.every((value) => value >= (low ?? NaN) && value <= (high ?? NaN));
}

/** The forming candle, hollow, and the last price as a line with a tag at the value axis. */
export function formingPrice(chart: Chart, data: PriceData, { width }: ChartSize): SVGGElement {
  const { signals, nowcast, candleMinutes, decimals } = data;
  const { x, y } = positions(chart);
  const { forming } = toCandles(signals, nowcast, candleMinutes);
  const group = svg("g", { class: "forming" });
  if (forming !== null) {
    const { body, wick } = candlePath(forming, x, y);
    const direction = isRising(forming) ? "up" : "down";
    group.append(
      svg("path", { class: `wick ${direction}`, d: wick }),
      svg("path", { class: `body ${direction}`, d: body }),
    );
    if (forming.anomalous) {
      group.append(svg("path", { class: "forming-anomaly", d: anomalyMark(forming, x, y) }));
    }
  }
  const last = nowcast ?? signals.at(-1);
  if (last === undefined) return group;
  const height = Math.round(y(last.close)) + 0.5;
  const edge = width - MARGIN_RIGHT;
  const label = svg("text", { class: "price-tag-text", x: edge + 8, y: height, dy: "0.34em" });
  label.textContent = formatPrice(last.close, decimals);
  group.append(
    svg("path", { class: "last-price", d: `M0,${height}H${edge}` }),
    svg("rect", {
      class: "price-tag",
      x: edge + 2.5,
      y: height - 9,
      width: MARGIN_RIGHT - 4,
      height: 18,
      rx: 2,
    }),
    label,
  );
  return group;
}

/** The forming bar of the volume chart, hollow. */
export function formingVolume(chart: Chart, data: VolumeData): SVGGElement {
  const { x, y } = positions(chart);
  const { forming } = toCandles(data.signals, data.nowcast, data.candleMinutes);
  if (forming === null) return svg("g", { class: "forming" });
  const direction = isRising(forming) ? "up" : "down";
  return svg("g", { class: "forming" }, [
    svg("path", { class: `body ${direction}`, d: volumePath([forming], x, y) }),
  ]);
}

/** The forming minute of the probability chart, translucent. */
export function formingProbabilities(
  chart: Chart,
  { colours }: ProbabilityData,
  nowcast: Posterior | undefined,
): SVGGElement {
  const { x, y } = positions(chart);
  const steps = nowcast === undefined ? [] : colours.map((fill, state) =>
    svg("path", {
      class: "step",
      fill,
      d: probabilityStep(nowcast, state, x, y),
    })
  );
  return svg("g", { class: "forming" }, steps);
}

/** The forming minute of a line chart: an open circle. */
export function formingPoint(
  chart: Chart,
  nowcast: Signal | null,
  value: number | undefined,
): SVGGElement {
  const { x, y } = positions(chart);
  const point = nowcast === null || value === undefined
    ? []
    : [svg("circle", { class: "point", cx: x(middleOf(nowcast)), cy: y(value), r: 2.5 })];
  return svg("g", { class: "forming" }, point);
}
