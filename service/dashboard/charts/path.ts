import type { RenderFunction } from "@observablehq/plot";
import type { Signal } from "../../../data/schema/signal.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Position } from "./frame.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Attributes of an SVG element. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Creates an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes,
  children: readonly Node[] = [],
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * A Plot mark that draws all its data as one path element. A thousand candles in one element
 * redraw in a fraction of the time of a thousand elements.
 */
export function pathMark(
  attributes: Attributes,
  draw: (x: Position, y: Position) => string,
): RenderFunction {
  return (_index, { x, y }) => {
    if (x === undefined || y === undefined) return null;
    return svg("path", { ...attributes, d: draw(x, y) });
  };
}

/** Path data of a rectangle between two corners. */
export function rectangle(x1: number, y1: number, x2: number, y2: number): string {
  return `M${x1},${y1}H${x2}V${y2}H${x1}Z`;
}

/** Path data of the diamond that marks an anomaly. */
export function diamond(x: number, y: number, radius = 3.5): string {
  return `M${x},${y - radius}l${radius},${radius}l${-radius},${radius}l${-radius},${-radius}Z`;
}

/** The middle of a signal's minute, ms UTC: the x of line charts. */
export function middleOf({ timestamp }: Signal): number {
  return timestamp + MINUTE_MS / 2;
}

/** Path data of a line through one value per minute. A missing minute interrupts the line. */
export function linePath(
  signals: readonly Signal[],
  value: (signal: Signal) => number | undefined,
  x: Position,
  y: Position,
): string {
  let path = "";
  let expected = NaN;
  for (const signal of signals) {
    const height = value(signal);
    if (height === undefined || !Number.isFinite(height)) continue;
    const command = signal.timestamp === expected ? "L" : "M";
    path += `${command}${x(middleOf(signal)).toFixed(1)},${y(height).toFixed(1)}`;
    expected = signal.timestamp + MINUTE_MS;
  }
  return path;
}
