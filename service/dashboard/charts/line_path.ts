import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { Position } from "./frame.ts";

/** The middle of a signal's minute, where a line passes. */
export function middleOf({ timestamp }: Signal): number {
  return timestamp + 30_000;
}

/** Path data of a line through one value a minute; a missing minute breaks it. */
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
