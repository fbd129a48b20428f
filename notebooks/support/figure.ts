import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escape } from "../../data/common/std/html.ts";
import { INK } from "./palette.ts";

/** A figure: SVG text and its size in CSS pixels. */
export interface Figure {
  readonly title: string;
  /** What it shows, for those who do not see it: one or two sentences. */
  readonly alt: string;
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** A label and its colour. */
export interface LegendEntry {
  readonly label: string;
  readonly color: string;
}

/** A chart with its heading. */
export interface ChartOptions extends Plot.PlotOptions {
  /** What the chart shows. */
  readonly heading: string;
  /** What it shows, for those who do not see it: the kind of chart, and what is to be seen in it. */
  readonly alt: string;
  /** Its meaning or units. */
  readonly note?: string;
  readonly legend?: readonly LegendEntry[];
}

/** Width of a figure: fits a code host's view of a notebook without a scroll bar. */
export const WIDTH = 860;
const HEIGHT = 300;
const TITLE_HEIGHT = 26;
const ROW_HEIGHT = 20;
/** Approximate width of a letter, to place the entries of a legend. */
const LETTER_WIDTH = 6.6;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

function drawText(text: string, y: number, style: string): string {
  return `<text x="12" y="${y}" ${style}>${escape(text)}</text>`;
}

function drawLegend(entries: readonly LegendEntry[], y: number): string {
  let x = 12;
  return entries.map(({ label, color }) => {
    const mark = `<rect x="${x}" y="${y - 10}" width="12" height="12" rx="2" fill="${color}"/>` +
      `<text x="${x + 18}" y="${y}" font-size="12" fill="${INK.soft}">${escape(label)}</text>`;
    x += 40 + LETTER_WIDTH * label.length;
    return mark;
  }).join("");
}

/** SVG text of a plot, alone or for embedding in another SVG. */
function drawPlot(options: Plot.PlotOptions): string {
  const element = Plot.plot({
    document,
    marginLeft: 58,
    marginRight: 16,
    marginBottom: 40,
    ...options,
    style: { background: "none", fontSize: "12px", color: INK.soft, fontFamily: "Inter" },
  });
  for (const style of element.querySelectorAll("style")) style.remove();
  // A plot with a legend or caption of its own is a figure around the SVG.
  const svg = element.tagName.toLowerCase() === "svg" ? element : element.querySelector("svg");
  if (svg === null) throw new Error("Cannot draw the plot as it must be an SVG: found none");
  return svg.outerHTML;
}

/** Draws a chart on white below its heading, note and legend. */
export function drawChart({ heading, alt, note, legend = [], ...options }: ChartOptions): Figure {
  const { width = WIDTH, height = HEIGHT } = options;
  const noteY = TITLE_HEIGHT + 14;
  const legendY = TITLE_HEIGHT + (note === undefined ? 0 : ROW_HEIGHT) + 16;
  const top = TITLE_HEIGHT + ROW_HEIGHT * (Number(note !== undefined) + Number(legend.length > 0)) +
    8;
  const plot = drawPlot({ ...options, width, height });
  return {
    title: heading,
    alt,
    width,
    height: top + height,
    svg: [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + height}" ` +
      `font-family="Inter" color="${INK.soft}">`,
      `<rect width="100%" height="100%" fill="${INK.panel}"/>`,
      drawText(heading, TITLE_HEIGHT - 4, `font-size="15" font-weight="600" fill="${INK.ink}"`),
      note === undefined ? "" : drawText(note, noteY, `font-size="12" fill="${INK.faint}"`),
      drawLegend(legend, legendY),
      `<g transform="translate(0,${top})">${plot}</g>`,
      "</svg>",
    ].join(""),
  };
}
