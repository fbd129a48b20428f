import * as Plot from "@observablehq/plot";
import type { ShockScorecard } from "../../../models/artifact/forecast_scorecard.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";

/** Share of the largest moves that the shock score and the Isolation Forest catch. */
export function shockChart({ rates, caught, storms, moves }: ShockScorecard): Figure {
  const groups = [
    { name: "all runs", caught },
    ...(storms.months.length > 0 ? [{ name: "months of storms", caught: storms.caught }] : []),
  ];
  const rows = groups.flatMap(({ name }) => rates.map((rate) => `${name}, ${rate} alarms a day`));
  const placed = groups.flatMap((group) =>
    rates.flatMap((rate, i) =>
      (["shock", "forest"] as const).flatMap((by) => {
        const found = group.caught[i]?.[by] ?? null;
        return found === null ? [] : [{ ...found, by, row: `${group.name}, ${rate} alarms a day` }];
      })
    )
  );
  const color = ({ by }: { by: string }) => by === "shock" ? SERIES.main : SERIES.anomaly;
  const shift = ["shock", "forest"] as const;
  const told = rows.map((row) =>
    `${row}: ${
      placed.filter((one) => one.row === row)
        .map(({ by, value }) => `${by} ${(100 * value).toFixed(0)} %`).join(", ")
    }`
  );
  return drawChart({
    heading: "Large moves that were caught",
    note: `Of the ${moves} largest 5-minute moves of each run, in units of the day's deviation: ` +
      "share with an alarm in these minutes",
    alt: `Rows of two dots with intervals. ${told.join("; ")}.`,
    legend: [
      { label: "shock score", color: SERIES.main },
      { label: "Isolation Forest, as many alarms", color: SERIES.anomaly },
    ],
    height: 70 + 46 * rows.length,
    marginLeft: 230,
    marginRight: 60,
    x: { label: "caught", labelArrow: "none", domain: [0, 1], tickFormat: ".0%", grid: true },
    y: { label: null, type: "band", domain: rows, padding: 0.2 },
    marks: shift.flatMap((by, i) => {
      const own = placed.filter((one) => one.by === by);
      const dy = 16 * i - 8;
      return [
        Plot.link(own, {
          x1: "low",
          x2: "high",
          y1: "row",
          y2: "row",
          dy,
          stroke: color,
          strokeWidth: 3,
        }),
        Plot.dot(own, { x: "value", y: "row", dy, fill: color, r: 5 }),
        Plot.text(own, {
          x: "high",
          y: "row",
          text: ({ value }: { value: number }) => `${(100 * value).toFixed(0)} %`,
          dx: 10,
          dy,
          textAnchor: "start",
          fill: INK.soft,
        }),
      ];
    }),
  });
}
