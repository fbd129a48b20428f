import type { BarSequence } from "../../../models/training/sequences.ts";
import { Random } from "../../core-wasm/support.ts";

/** Bars whose volatility and volume switch between calm and stormy, for hours each. */
export function stormyBars(count: number, seed: number, start = Date.UTC(2024, 0)): BarSequence {
  const random = new Random(seed);
  const bars = new Float64Array(count * 5);
  let price = 100;
  let storm = false;
  for (let t = 0; t < count; t++) {
    if (random.uniform() < 1 / 200) storm = !storm;
    const scale = storm ? 0.002 : 0.0005;
    const open = price;
    const close = open * Math.exp(scale * random.normal());
    const high = Math.max(open, close) * (1 + scale * random.uniform());
    const low = Math.min(open, close) * (1 - scale * random.uniform());
    bars.set([open, high, low, close, (storm ? 30 : 10) * (0.5 + random.uniform())], t * 5);
    price = close;
  }
  return { start, bars };
}
