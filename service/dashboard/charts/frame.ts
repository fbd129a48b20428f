import * as Plot from "@observablehq/plot";
import type { TimeWindow } from "../data/span.ts";
import { type Zone, zoneName } from "../format/time.ts";
import { timeLabel, timeTicks } from "./ticks.ts";

/** Outer size of a chart, CSS pixels. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** The time axis that all charts share. */
export interface TimeAxis {
  readonly window: TimeWindow;
  readonly zone: Zone;
  /** Whether the chart has time labels. */
  readonly labelled: boolean;
}

/** The value axis of one chart. */
export interface ValueAxis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** A drawn chart, with its scales. */
export type Chart = ReturnType<typeof Plot.plot>;

/** Maps a time or a value to a pixel. */
export type Position = (value: number) => number;

/** Margins of all charts, px. They are equal, so that a time has the same x in each. */
export const MARGIN_LEFT = 0;
export const MARGIN_RIGHT = 76;
const MARGIN_TOP = 6;
const TIME_AXIS_PX = 22;
const HALF_LABEL_PX = 20;

/** Width of the plot area of a chart, px. */
export function plotWidth(width: number): number {
  return Math.max(1, width - MARGIN_LEFT - MARGIN_RIGHT);
}

/**
 * The frame of all charts: a time axis at the bottom, a value axis at the right edge, and a
 * hairline grid. The marks are drawn over the grid and under the labels.
 */
export function frame(
  label: string,
  marks: readonly Plot.Markish[],
  time: TimeAxis,
  value: ValueAxis,
  { width, height }: ChartSize,
): Chart {
  const times = timeTicks(time.window, plotWidth(width), time.zone);
  const marginBottom = time.labelled ? TIME_AXIS_PX : MARGIN_TOP;
  const chart = Plot.plot({
    width,
    height,
    marginTop: MARGIN_TOP,
    marginRight: MARGIN_RIGHT,
    marginBottom,
    marginLeft: MARGIN_LEFT,
    className: "chart",
    ariaLabel: label,
    x: { type: "linear", domain: [time.window.from, time.window.to], axis: null },
    y: { type: "linear", domain: [...value.domain], axis: null },
    marks: [
      Plot.gridX(times, { stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.gridY(value.ticks, { stroke: "var(--grid)", strokeOpacity: 1 }),
      ...marks,
      Plot.axisY(value.ticks, {
        anchor: "right",
        tickSize: 0,
        tickPadding: 8,
        tickFormat: value.format,
        label: null,
      }),
      time.labelled ? timeAxis(times, time, width) : null,
    ],
  });
  chart.setAttribute("role", "img");
  return chart;
}

/** The time labels that fit completely, and the name of their time zone. */
function timeAxis(
  times: readonly number[],
  { window, zone }: TimeAxis,
  width: number,
): Plot.Markish[] {
  const margin = HALF_LABEL_PX * (window.to - window.from) / plotWidth(width);
  const inside = times.filter((tick) => tick >= window.from + margin && tick <= window.to - margin);
  return [
    Plot.axisX(inside, {
      anchor: "bottom",
      tickSize: 0,
      tickPadding: 8,
      tickFormat: (tick: number) => timeLabel(tick, zone),
      label: null,
    }),
    Plot.text([zoneName(window.to, zone)], {
      frameAnchor: "bottom-right",
      textAnchor: "start",
      dx: 8,
      dy: 16,
      fill: "var(--faint)",
    }),
  ];
}

/** A domain around `values` with padding, as a share of the extent, at both ends; never empty. */
export function paddedDomain(values: Iterable<number>, padding: number): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const extent = high - low || Math.abs(high) * 1e-3 || 1;
  return [low - extent * padding, high + extent * padding];
}
