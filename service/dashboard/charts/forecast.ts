import * as Plot from "@observablehq/plot";
import type { Forecast } from "../../../data/schema/volatility.ts";
import { numberLabels } from "./axis_labels.ts";
import type { Chart, ChartSize, Position } from "./frame.ts";
import { pathMark, rectangle } from "./path.ts";
import { roundTicks } from "./ticks.ts";

const MARGIN_LEFT = 48;
const MARGIN_RIGHT = 10;
const AXIS_PX = 20;
/** Half of the heights of the bars, as shares of a row. */
const WIDE = 0.12;
const NARROW = 0.26;

/** One horizon of a forecast, basis points. */
interface Row {
  readonly label: string;
  /** Its place, from below. */
  readonly row: number;
  readonly horizon: Forecast["15"];
}

/**
 * The volatility of the next 15 and 60 minutes: the median, and the intervals that hold 80 % and
 * 95 % of the probability.
 */
export function forecastChart(forecast: Forecast, { width, height }: ChartSize): Chart {
  const rows: readonly Row[] = [
    { label: "15 min", row: 1, horizon: forecast["15"] },
    { label: "60 min", row: 0, horizon: forecast["60"] },
  ];
  const domain = [0, 1.04 * Math.max(...rows.map(({ horizon }) => horizon.quantiles["97.5"]))];
  const ticks = roundTicks([0, domain[1] ?? 1], (width - MARGIN_LEFT - MARGIN_RIGHT) / 50);
  const format = numberLabels(ticks);
  const bars =
    (draw: (row: Row, x: Position, y: Position) => string) => (x: Position, y: Position) =>
      rows.map((row) => draw(row, x, y)).join("");
  const interval = (low: keyof Row["horizon"]["quantiles"], high: typeof low, half: number) =>
    bars(({ row, horizon: { quantiles } }, x, y) =>
      rectangle(x(quantiles[low]), y(row + half), x(quantiles[high]), y(row - half))
    );
  const chart = Plot.plot({
    ...{ width, height, marginTop: 0, marginRight: MARGIN_RIGHT, marginBottom: AXIS_PX },
    ...{ marginLeft: MARGIN_LEFT, className: "chart" },
    ariaLabel: rows.map(({ label, horizon: { volatility_bp, quantiles } }) =>
      `Volatility of the next ${label}: ${format(volatility_bp)} basis points, 80 % from ` +
      `${format(quantiles["10"])} to ${format(quantiles["90"])}`
    ).join("; "),
    x: { type: "linear", domain, axis: null },
    y: { type: "linear", domain: [-0.5, 1.5], axis: null },
    marks: [
      Plot.gridX(ticks, { stroke: "var(--grid)", strokeOpacity: 1 }),
      pathMark({ class: "interval wide" }, interval("2.5", "97.5", WIDE)),
      pathMark({ class: "interval" }, interval("10", "90", NARROW)),
      pathMark(
        { class: "median" },
        bars(({ row, horizon: { volatility_bp } }, x, y) =>
          `M${x(volatility_bp)},${y(row + NARROW)}V${y(row - NARROW)}`
        ),
      ),
      Plot.axisX(ticks, { tickSize: 0, tickPadding: 6, tickFormat: format, label: null }),
      Plot.axisY([0, 1], {
        ...{ tickSize: 0, tickPadding: 6, label: null },
        tickFormat: (row: number) => rows.find((each) => each.row === row)?.label ?? "",
      }),
    ],
  });
  chart.setAttribute("role", "img");
  return chart;
}
