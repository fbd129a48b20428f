import type { ForecastBars } from "../../core-wasm/core.ts";

/** A hole of minutes before a bar. */
export type Hole = readonly [bar: number, minutes: number];

const MINUTE_MS = 60_000;

/** Integers from 0 to 65,535 (Numerical Recipes' linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state >>> 16;
  };
}

/**
 * A deterministic walk of bars of whole cents, in spells of eight volatilities, made of integers
 * alone: synthetic_bars.py makes the same ones.
 */
export function syntheticBars(
  seed: number,
  start: number,
  count: number,
  holes: readonly Hole[] = [],
): ForecastBars {
  const draw = numbers(seed);
  const missing = new Map(holes);
  const column = () => new Float64Array(count);
  const bars = { times: column(), open: column(), close: column(), volume: column() };
  let [time, last, size] = [start, 6_000_000, 1];
  for (let i = 0; i < count; i++) {
    if (draw() < 150) size = 1 + draw() % 8;
    const move = draw() + draw() + draw() + draw() - 131_070;
    const traded = draw() % 20 > 0;
    const shift = (draw() - 32_768) >> 12;
    const amount = draw() % 5_000 + 1;
    const opening = traded ? last + shift : last;
    last = traded ? opening + Math.floor(600 * size * move / 65_536) : last;
    time += (missing.get(i) ?? 0) * MINUTE_MS;
    bars.times[i] = time;
    bars.open[i] = opening / 100;
    bars.close[i] = last / 100;
    bars.volume[i] = traded ? amount / 100 : 0;
    time += MINUTE_MS;
  }
  return bars;
}
