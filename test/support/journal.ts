import { expect } from "vitest";
import { loadCore } from "../../core-wasm/load.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { EmbeddedLog } from "../../service/bus/embedded/embedded_log.ts";
import { DEFAULT_MODELS } from "../../service/config.ts";
import { Engine } from "../../service/engine/engine.ts";
import { loadModels } from "../../service/engine/loaded_model.ts";
import { eventsOf, everythingOf } from "./log_events.ts";

/** An event that a subscriber has received. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Checks a journal of a service that has ended: it has all that subscribers received, under the same
 * ids; every minute once; and the signals of an engine that never stopped.
 */
export async function expectWholeJournal(
  path: string,
  received: readonly ReceivedEvent[],
  symbols: readonly string[] = ["BTCUSDT"],
): Promise<void> {
  const journal = new EmbeddedLog(path);
  try {
    const filter = everythingOf(...symbols);
    const kept = new Map(eventsOf(journal, { filter }).map(({ id, json }) => [id, json]));
    for (const { id = "", data } of received) expect(kept.get(id)).toBe(data);
    for (const symbol of symbols) {
      const bars = [...journal.bars(symbol, 0)];
      const first = bars[0]?.timestamp ?? 0;
      expect(bars.map(({ timestamp }) => timestamp))
        .toEqual(bars.map((_, i) => first + i * MINUTE_MS));
      const engine = new Engine(
        loadCore(),
        loadModels({ models: DEFAULT_MODELS, expected: {} }),
        [symbol],
      );
      const uninterrupted = bars.map((bar) => JSON.stringify(engine.push(bar)));
      const published = journal.query({ kind: "signal", symbol, limit: 10_000_000 });
      expect(published).toEqual(uninterrupted.slice(0, published.length));
    }
  } finally {
    await journal.close();
  }
}
