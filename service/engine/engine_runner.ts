import type { Bar } from "../../data/schema/bar.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Bus, CheckpointStore } from "../bus/bus.ts";
import type { Engine } from "./engine.ts";
import type { Signal } from "../../data/schema/signal.ts";
import { firstWanted, warmUp, type WarmUpOptions } from "./warm_up.ts";

/** A state is saved after so many bars; a restart replays at most as many from the bus. */
const CHECKPOINT_EVERY = 60;

/** An engine that stands ready to take over. */
export interface Successor {
  /**
   * Puts it in the place of the running engine, for all symbols at once and between two bars.
   * To be called in the turn in which it was given, so that few bars are left to catch up with.
   */
  readonly takeOver: () => void;
  /** Why it knows less of the past than its models need, for people; null when it does not. */
  readonly shortfall: string | null;
}

/** Runs the engine on the bars of a bus, and picks up exactly where an earlier run stood. */
export class EngineRunner {
  #engine: Engine;
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

  /** What the signal of a forming bar would be if its minute ended now; see {@link Engine.nowcast}. */
  nowcast(bar: Bar): Signal | undefined {
    return this.#engine.nowcast(bar);
  }

  /**
   * Warms another engine up on the bars of the past, while this one goes on scoring. Models that
   * both run go on with their very state.
   *
   * @throws The signal's reason when that is aborted.
   */
  async prepare(
    engine: Engine,
    options: Omit<WarmUpOptions, "bus" | "reached">,
  ): Promise<Successor> {
    // A bar that is on the bus and not yet scored is the next engine's to score, not to warm up on.
    const reached = (symbol: string) => this.#engine.lastTime(symbol);
    const shortfall = await warmUp(engine, { ...options, bus: this.#bus, reached });
    const takeOver = () => {
      for (const symbol of engine.symbols) {
        const to = this.#engine.lastTime(symbol);
        if (to !== undefined && to !== engine.lastTime(symbol)) {
          const from = firstWanted(engine, symbol, to, options.minutes);
          for (const bar of this.#bus.bars(symbol, from, to)) engine.learn(bar);
        }
        engine.adopt(symbol, this.#engine);
        // With the next bar; all of them now would hold up the trades.
        this.#sinceCheckpoint.set(symbol, CHECKPOINT_EVERY);
      }
      this.#engine = engine;
    };
    return { takeOver, shortfall };
  }

  #save(symbol: string): void {
    const checkpoint = this.#engine.checkpoint(symbol);
    if (checkpoint !== undefined) this.#bus.saveCheckpoint(symbol, checkpoint);
    this.#sinceCheckpoint.set(symbol, 0);
  }
}
