import { setImmediate as nextTurn } from "node:timers/promises";
import { historyBars } from "../../core-wasm/core.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Engine } from "./engine.ts";
import type { LoadedModel } from "./loaded_model.ts";

/** Minutes taken at once; the trades that arrive meanwhile wait some milliseconds. */
const SLICE_MS = 480 * MINUTE_MS;

/**
 * The first minute that an engine needs, given the last one, ms UTC.
 *
 * @param minutes How far back to begin where it has no state yet.
 */
export function firstNeeded(engine: Engine, symbol: string, to: number, minutes: number): number {
  const last = engine.lastTime(symbol);
  return last === undefined ? to - (minutes - 1) * MINUTE_MS : last + MINUTE_MS;
}

/**
 * Advances an engine over the bars of the past, slice by slice, so that live scoring continues
 * meanwhile. It ends within a bar or so of the engine that runs.
 *
 * @param running The engine that scores meanwhile; its last bars are the end of the past.
 * @param minutes How far back to begin.
 * @throws The signal's reason when that aborts.
 */
export async function warmUp(
  engine: Engine,
  running: Engine,
  store: Pick<RecordStore, "bars">,
  minutes: number,
  signal: AbortSignal,
): Promise<void> {
  let taken: number;
  do {
    taken = 0;
    for (const symbol of engine.symbols) {
      const to = running.lastTime(symbol);
      if (to === undefined) continue;
      const start = firstNeeded(engine, symbol, to, minutes);
      for (let from = start; from <= to; from += SLICE_MS) {
        signal.throwIfAborted();
        for (const bar of store.bars(symbol, from, Math.min(from + SLICE_MS - MINUTE_MS, to))) {
          engine.advance(bar);
          taken++;
        }
        await nextTurn();
      }
    }
  } while (taken > engine.symbols.length);
  signal.throwIfAborted();
}

/**
 * Why models are not fully warm after a start with so much history; null when they are.
 *
 * @param minutes History that is fetched.
 * @param days The setting that it comes from; a day at the least is fetched in any case.
 */
export function historyShortfall(
  models: readonly LoadedModel[],
  { historyMinutes: minutes, historyDays: days }: {
    readonly historyMinutes: number;
    readonly historyDays: number;
  },
): string | null {
  const short = models.filter(({ artifact }) => historyBars(artifact.features) > minutes)
    .map(({ artifact }) => {
      const days = Math.ceil(historyBars(artifact.features) / DAY_MINUTES);
      return `${artifact.name} needs ${days} days`;
    });
  if (short.length === 0) return null;
  return "HISTORY_DAYS must be more for the models to be fully warm: " +
    `${short.join(", ")}, current value is ${days}`;
}
