import * as Plot from "@observablehq/plot";
import type { Driver, Response } from "../drivers.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";
import type { SeasonPoint } from "../season.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY = 1440;

/** A time of the week, such as `Mon 14:30`. */
function timeOfWeek(minute: number): string {
  const [hour, rest] = [Math.floor(minute % DAY / 60), Math.floor(minute % 60)];
  return `${DAYS[Math.floor(minute / DAY)] ?? ""} ${String(hour).padStart(2, "0")}:${
    String(rest).padStart(2, "0")
  }`;
}

/** The pattern of the week: measured and fitted. */
export function seasonChart(points: readonly SeasonPoint[]): Figure {
  const sorted = points.toSorted((a, b) => a.fitted - b.fitted);
  const [quiet, lively] = [sorted[0], sorted.at(-1)];
  const say = (point: SeasonPoint | undefined) =>
    `${timeOfWeek(point?.minute ?? 0)} (${point?.fitted.toFixed(2)} times the mean)`;
  return drawChart({
    heading: "Season of the week (UTC)",
    note: "Volatility divided by its mean. The fit is what the season adds to all other inputs",
    alt: `Seven days of a curve and dots around it. The fitted season is lowest at ${say(quiet)} ` +
      `and highest at ${say(lively)}; weekdays have a peak in the afternoon, the weekend is quiet.`,
    legend: [
      { label: "what came, against the week before", color: SERIES.other },
      { label: "fitted season", color: SERIES.main },
    ],
    x: {
      label: null,
      domain: [0, 7 * DAY],
      ticks: DAYS.map((_, i) => i * DAY),
      tickFormat: (minute: number) => DAYS[minute / DAY] ?? "",
    },
    y: { type: "log", label: "times the mean", grid: true, tickFormat: "~g", ticks: 6 },
    marks: [
      Plot.ruleX(DAYS.map((_, i) => i * DAY), { stroke: INK.grid }),
      Plot.ruleY([1], { stroke: INK.faint }),
      Plot.dot(points.filter(({ measured }) => measured > 0), {
        x: "minute",
        y: "measured",
        r: 2,
        fill: SERIES.other,
        fillOpacity: 0.7,
      }),
      Plot.line(points, { x: "minute", y: "fitted", stroke: SERIES.main, strokeWidth: 2 }),
    ],
  });
}

/** What came after each tenth of some inputs' values. */
export function responseChart(responses: readonly Response[]): Figure {
  const inputs = [...new Set(responses.map(({ input }) => input))];
  const told = inputs.map((input) => {
    const own = responses.filter((one) => one.input === input).map(({ volatility }) => volatility);
    return `${input}: ${own[0]?.toFixed(0)} bp in the lowest tenth, ${
      Math.min(...own).toFixed(0)
    } at the least, ${own.at(-1)?.toFixed(0)} in the highest`;
  });
  return drawChart({
    heading: "Volatility of the next 15 minutes by what was seen before",
    note:
      "Geometric mean, basis points; each input in tenths, from its lowest values to its highest",
    alt: `Five panels with ten dots each. ${told.join("; ")}.`,
    height: 260,
    marginTop: 34,
    fx: { label: null, domain: inputs },
    x: { label: "tenth", labelArrow: "none", ticks: [1, 5, 10], inset: 8 },
    y: { type: "log", label: "bp", grid: true, tickFormat: "~g", ticks: 5 },
    marks: [
      Plot.line(responses, { fx: "input", x: "tenth", y: "volatility", stroke: SERIES.main }),
      Plot.dot(responses, { fx: "input", x: "tenth", y: "volatility", fill: SERIES.main, r: 3 }),
    ],
  });
}

/** What is lost without each group of inputs. */
export function driverChart(drivers: readonly Driver[]): Figure {
  const names = [...new Set(drivers.map(({ name }) => name))];
  const horizons = [...new Set(drivers.map(({ horizon }) => horizon))];
  const colors = [SERIES.main, SERIES.other];
  const most = drivers.reduce((best, one) => one.lost > best.lost ? one : best);
  return drawChart({
    heading: "What each input adds to the others",
    note: "Fall of R-squared when it is left out, points; the others make up for most of it",
    alt: `Bars for ${names.length} groups of inputs and ${horizons.length} horizons. ` +
      `The most is lost without "${most.name}" at ${most.horizon} minutes: ` +
      `${(100 * most.lost).toFixed(2)} points.`,
    legend: horizons.map((horizon, i) => ({
      label: `${horizon} minutes`,
      color: colors[i] ?? INK.soft,
    })),
    height: 60 + 40 * names.length,
    marginLeft: 170,
    fy: { label: null, domain: names, padding: 0.2 },
    x: { label: "points of R-squared", labelArrow: "none", grid: true },
    y: { axis: null, type: "band", domain: horizons },
    marks: [
      Plot.barX(drivers, {
        fy: "name",
        y: "horizon",
        x: (one: Driver) => 100 * one.lost,
        fill: (one: Driver) => colors[horizons.indexOf(one.horizon)] ?? INK.soft,
      }),
      Plot.ruleX([0], { stroke: INK.line }),
    ],
  });
}
