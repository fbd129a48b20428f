import * as Plot from "@observablehq/plot";
import type { Estimate } from "../../../models/artifact/walk_forward.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";

/** An estimate with its interval, and its position in a chart. */
export interface Placed {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Positions an estimate in a chart; empty when there is none. */
export function place(
  estimate: Estimate | null | undefined,
  row: string,
  column: string,
): Placed[] {
  return estimate === null || estimate === undefined ? [] : [{ row, column, ...estimate }];
}

/** A signed number with three decimals. */
const signed = (value: number) => `${value > 0 ? "+" : ""}${value.toFixed(3)}`;

/** Differences with their intervals: one row per baseline, one column per preset. */
export function differenceChart(
  placed: readonly Placed[],
  { heading, unit }: { readonly heading: string; readonly unit: string },
): Figure {
  const rows = [...new Set(placed.map(({ row }) => row))];
  const columns = [...new Set(placed.map(({ column }) => column))];
  const color = ({ low, high }: Placed) =>
    low > 0 ? SERIES.main : high < 0 ? SERIES.other : INK.faint;
  return drawChart({
    heading,
    note: "With 95 % block-bootstrap intervals of the difference",
    alt: `Dots with intervals around zero. ${
      columns.map((column) =>
        `${column}: ${
          placed.filter((one) => one.column === column)
            .map((one) =>
              `${one.row} ${signed(one.value)}`
            ).join(", ")
        }`
      ).join("; ")
    }.`,
    legend: [
      { label: "the model is better", color: SERIES.main },
      { label: "no significant difference", color: INK.faint },
      { label: "the baseline is better", color: SERIES.other },
    ],
    height: 90 + 38 * rows.length,
    marginLeft: 225,
    marginRight: 30,
    marginTop: 34,
    fx: { label: null, domain: columns, padding: 0.12 },
    x: { label: unit, labelArrow: "none", grid: true, nice: true, inset: 22, ticks: 4 },
    y: { label: null, type: "band", domain: rows, padding: 0.2 },
    marks: [
      Plot.ruleX([0], { stroke: INK.faint }),
      Plot.link(placed, {
        x1: "low",
        x2: "high",
        y1: "row",
        y2: "row",
        fx: "column",
        stroke: color,
        strokeWidth: 3,
      }),
      Plot.dot(placed, { x: "value", y: "row", fx: "column", fill: color, r: 4.5 }),
      Plot.text(placed, {
        x: "value",
        y: "row",
        fx: "column",
        text: ({ value }: Placed) => signed(value),
        dy: -13,
        fill: INK.soft,
        stroke: INK.panel,
        strokeWidth: 4,
      }),
    ],
  });
}
