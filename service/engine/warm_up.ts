import { setImmediate as nextTurn } from "node:timers/promises";
import type { Bar } from "../../data/schema/bar.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Bus } from "../bus/bus.ts";
import type { Engine } from "./engine.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What an engine is warmed up with. */
export interface WarmUpOptions {
  readonly bus: Pick<Bus, "bars">;
  /** How far back to begin, minutes. */
  readonly minutes: number;
  /** Open time of the last bar of a symbol to warm up on, ms UTC; it may move on meanwhile. */
  readonly reached: (symbol: string) => number | undefined;
  /** Bars before the first on the bus, `from` inclusive to `to` exclusive, ms UTC. May fail. */
  readonly older: (symbol: string, from: number, to: number) => Promise<readonly Bar[]>;
  readonly signal: AbortSignal;
}

/** Minutes taken at once; trades that come in wait so long, some milliseconds. */
const SLICE_MINUTES = 480;
const SLICE_MS = SLICE_MINUTES * MINUTE_MS;

/** The first minute that an engine wants, given the last one. */
export function firstWanted(engine: Engine, symbol: string, to: number, minutes: number): number {
  const last = engine.lastTime(symbol);
  return last === undefined ? to - (minutes - 1) * MINUTE_MS : last + MINUTE_MS;
}

/**
 * Takes the bars of the past into an engine that has none yet, slice by slice, so that what is
 * live goes on meanwhile; ends within a bar or so of what is reached.
 *
 * @returns Why it knows less than it could, for people; null when all went well.
 * @throws The signal's reason when that is aborted.
 */
export async function warmUp(engine: Engine, options: WarmUpOptions): Promise<string | null> {
  let shortfall: string | null = null;
  let taken: number;
  do {
    taken = 0;
    for (const symbol of engine.symbols) {
      const to = options.reached(symbol);
      if (to === undefined) continue;
      const start = firstWanted(engine, symbol, to, options.minutes);
      for (let from = start; from <= to; from += SLICE_MS) {
        options.signal.throwIfAborted();
        const bars = [...options.bus.bars(symbol, from, Math.min(from + SLICE_MS - MINUTE_MS, to))];
        const first = bars[0]?.timestamp ?? start;
        if (engine.lastTime(symbol) === undefined && first > start) {
          shortfall ??= await takeOlder(engine, symbol, start, first, options);
        }
        for (const bar of bars) engine.learn(bar);
        taken += bars.length;
        await nextTurn();
      }
    }
  } while (taken > engine.symbols.length);
  options.signal.throwIfAborted();
  return shortfall;
}

/** Takes what the bus does not reach back to; without it the models know less, and work. */
async function takeOlder(
  engine: Engine,
  symbol: string,
  from: number,
  to: number,
  { older, signal }: WarmUpOptions,
): Promise<string | null> {
  let bars: readonly Bar[];
  try {
    bars = await older(symbol, from, to);
  } catch (error) {
    signal.throwIfAborted();
    const why = errorMessage(error);
    return `the models know ${symbol} only since ${new Date(to).toISOString()}: ${why}`;
  }
  for (let at = 0; at < bars.length; at += SLICE_MINUTES) {
    signal.throwIfAborted();
    for (const bar of bars.slice(at, at + SLICE_MINUTES)) engine.learn(bar);
    await nextTurn();
  }
  return null;
}
