import type { Bar } from "../bars/bar.ts";
import { MINUTE_MS } from "../bars/bar.ts";
import type { Bus, CheckpointStore } from "../bus/bus.ts";
import type { Engine } from "./engine.ts";
import type { Signal } from "./signal.ts";

/** A state is saved after so many bars; a restart replays at most as many from the bus. */
const CHECKPOINT_EVERY = 60;

/** Runs the engine on the bars of a bus, and picks up exactly where an earlier run stood. */
export class EngineRunner {
  readonly #engine: Engine;
  readonly #bus: Bus & CheckpointStore;
  readonly #sinceCheckpoint = new Map<string, number>();

  constructor(engine: Engine, bus: Bus & CheckpointStore) {
    this.#engine = engine;
    this.#bus = bus;
  }

  /**
   * Brings a symbol's state up to the last bar on the bus: from its checkpoint, or, for other
   * models than ran before, by warming up on bars of the past. Bars that an earlier run had no
   * time to score get their signals.
   *
   * @param warmupMinutes How far back to warm up.
   */
  async recover(symbol: string, warmupMinutes: number): Promise<void> {
    const checkpoint = this.#bus.checkpoint(symbol);
    const lastBar = this.#bus.lastTime("bar", symbol);
    if (lastBar === undefined) return;
    const restored = checkpoint !== undefined && this.#engine.restore(symbol, checkpoint);
    const from = restored
      ? checkpoint.timestamp + MINUTE_MS
      : lastBar - (warmupMinutes - 1) * MINUTE_MS;
    const lastSignal = this.#bus.lastTime("signal", symbol) ?? -Infinity;
    const signals: Signal[] = [];
    for (const bar of this.#bus.bars(symbol, from)) {
      const signal = this.#engine.push(bar);
      if (bar.timestamp > lastSignal) signals.push(signal);
    }
    await this.#bus.appendSignals(signals);
    this.#save(symbol);
  }

  /** Scores new bars of one symbol and publishes their signals. */
  async process(bars: readonly Bar[]): Promise<void> {
    const [first] = bars;
    if (first === undefined) return;
    await this.#bus.appendSignals(bars.map((bar) => this.#engine.push(bar)));
    const since = (this.#sinceCheckpoint.get(first.symbol) ?? 0) + bars.length;
    this.#sinceCheckpoint.set(first.symbol, since);
    if (since >= CHECKPOINT_EVERY) this.#save(first.symbol);
  }

  #save(symbol: string): void {
    const checkpoint = this.#engine.checkpoint(symbol);
    if (checkpoint !== undefined) this.#bus.saveCheckpoint(symbol, checkpoint);
    this.#sinceCheckpoint.set(symbol, 0);
  }
}
