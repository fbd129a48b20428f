import type { Candle } from "../data/candles.ts";
import type { Position } from "./frame.ts";
import { rectangle } from "./path.ts";

/** Path data of the two parts of a candle. */
export interface CandlePath {
  /** Filled rectangle from open to close, at least one pixel high. */
  readonly body: string;
  /** Filled rectangle from low to high, one pixel wide. */
  readonly wick: string;
}

/** Width of a body in whole pixels; odd, so that the wick can be centred. */
export function bodyWidth(slot: number): number {
  const width = Math.max(1, Math.floor(slot * 0.72));
  return width > 1 && width % 2 === 0 ? width - 1 : width;
}

/** Path data of a candle, aligned to the pixel grid. */
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

/** Whether a candle rose; an unchanged price counts as rising. */
export function isRising({ open, close }: Pick<Candle, "open" | "close">): boolean {
  return close >= open;
}
