import { type CoreBar } from "../../core-wasm/core.ts";
import { randomBars } from "../core-wasm/support.ts";

/** Bars of a period of one volatility. */
const SPELL = 700;

/** A fixed random walk of one-minute bars with alternating periods of range and volume. */
export function makeBars(count: number): CoreBar[] {
  let price = 100;
  return randomBars(count, 1).map(({ open, high, low, close, volume }, t) => {
    const size = 1 + Math.floor(t / SPELL) % 3;
    const first = price;
    const move = (to: number) => first * (to / open) ** size;
    price = move(close);
    return { open: first, high: move(high), low: move(low), close: price, volume: volume * size };
  });
}
