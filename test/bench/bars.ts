import { type CoreBar } from "../../core-wasm/core.ts";
import { randomBars } from "../core-wasm/support.ts";

/** Bars of a spell of one volatility. */
const SPELL = 700;

/** A random walk of one-minute bars whose range and volume come in spells, always the same. */
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
