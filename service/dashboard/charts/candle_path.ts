import type { Candle } from "../data/candles.ts";
import type { Position } from "./frame.ts";
import { rectangle } from "./path.ts";

/** Path data of a candle's two parts. */
export interface CandlePath {
  /** Filled: from open to close, at least a pixel high. */
  readonly body: string;
  /** Filled: from low to high, a pixel wide. */
  readonly wick: string;
}

/** The whole number of pixels, odd so that a wick can be in its middle, that a body takes. */
export function bodyWidth(slot: number): number {
  const width = Math.max(1, Math.floor(slot * 0.72));
  return width > 1 && width % 2 === 0 ? width - 1 : width;
}

/** Draws a candle on the pixel grid. */
export function candlePath(candle: Candle, x: Position, y: Position): CandlePath {
  const width = bodyWidth(x(candle.to) - x(candle.from));
  const middle = Math.floor((x(candle.from) + x(candle.to)) / 2);
  const left = middle - (width - 1) / 2;
  const top = Math.round(y(Math.max(candle.open, candle.close)));
  const bottom = Math.max(top + 1, Math.round(y(Math.min(candle.open, candle.close))));
  return {
    body: rectangle(left, top, left + width, bottom),
    wick: rectangle(middle, Math.round(y(candle.high)), middle + 1, Math.round(y(candle.low))),
  };
}

/** Whether a candle rose; one that stands still counts as risen. */
export function isRising({ open, close }: Pick<Candle, "open" | "close">): boolean {
  return close >= open;
}
