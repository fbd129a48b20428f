import { setImmediate as nextTurn } from "node:timers/promises";
import { chunk } from "../../data/common/std/chunk.ts";
import type { FormingBar } from "../../data/schema/announcement.ts";
import type { Bar } from "../../data/schema/bar.ts";
import { parseBar } from "../../data/schema/parse.ts";
import type { Signal } from "../../data/schema/signal.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Checkpoint, EventLog, LogEvent, LogRecord } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Engine } from "./engine.ts";
import { firstNeeded, warmUp } from "./warm_up.ts";

/** A symbol's state is saved after so many bars; a restart replays at most as many. */
const CHECKPOINT_EVERY = 60;
/** Bars scored in one turn of the loop; the trades that arrive meanwhile wait a few milliseconds. */
const BARS_A_TURN = 250;

/** What of the log a runner needs. */
type RunnerLog = Pick<EventLog, "append" | "room" | "waiting">;

/** Scores the bars of a log, and resumes exactly where an earlier run stopped. */
export class EngineRunner {
  #engine: Engine;
  readonly #log: RunnerLog;
  readonly #store: RecordStore;
  readonly #minutes: number;
  readonly #sinceCheckpoint = new Map<string, number>();
  /** The symbols whose state was recomputed, and the first bar scored with it, ms UTC. */
  readonly #rebuilt = new Map<string, number>();

  /** @param minutes How far back an engine without a state begins. */
  constructor(
    engine: Engine,
    bus: { readonly log: RunnerLog; readonly store: RecordStore },
    minutes: number,
  ) {
    this.#engine = engine;
    this.#log = bus.log;
    this.#store = bus.store;
    this.#minutes = minutes;
  }

  /**
   * Brings each symbol's state up to its last bar in the store: from its checkpoint or, for other
   * models than ran before, by warming up on bars of the past. Bars that an earlier run did not
   * score get their signals.
   *
   * @returns The symbols whose states were recomputed because their checkpoints were lost: last
   *   digits may differ, and their signals say so.
   */
  async recover(): Promise<readonly string[]> {
    const appends: Promise<void>[] = [];
    for (const symbol of this.#engine.symbols) {
      await this.#log.room();
      appends.push(this.#recover(symbol));
      await nextTurn();
    }
    await Promise.all(appends);
    return [...this.#rebuilt.keys()];
  }

  /** Scores the bars of events, and appends their signals; resolves when these are durable. */
  async process(events: readonly LogEvent[]): Promise<void> {
    const appends: Promise<void>[] = [];
    for (const part of chunk(events, BARS_A_TURN)) {
      if (appends.length > 0) await nextTurn();
      appends.push(this.#process(part));
    }
    await Promise.all(appends);
  }

  #process(events: readonly LogEvent[]): Promise<void> {
    const signals: LogRecord[] = [];
    const checkpoints: Checkpoint[] = [];
    for (const { json } of events) {
      const bar = parseBar(json);
      if (!this.#isNew(bar)) continue;
      this.#score(bar, signals, checkpoints);
    }
    return this.#log.append(signals, checkpoints);
  }

  /**
   * Scores the bars of a symbol that wait for the disk, so that nowcasts go on; their signals wait
   * behind them. A bar is scored only right after the one before it: bars that are durable and were
   * not read yet come first.
   */
  processWaiting(symbol: string): Promise<void> {
    const last = this.#engine.has(symbol) ? this.#engine.lastTime(symbol) : undefined;
    if (last === undefined) return Promise.resolve();
    const signals: LogRecord[] = [];
    const checkpoints: Checkpoint[] = [];
    for (const bar of this.#log.waiting(symbol, last)) {
      if (bar.timestamp !== (this.#engine.lastTime(symbol) ?? NaN) + MINUTE_MS) break;
      this.#score(bar, signals, checkpoints);
    }
    return this.#log.append(signals, checkpoints);
  }

  /**
   * The signal that a forming bar would give if its minute ended now; see
   * {@linkcode Engine.nowcast}. While the bars before it are loaded, one that is not ready.
   */
  nowcast({ bar, loading }: FormingBar): Signal | undefined {
    if (!this.#engine.has(bar.symbol)) return undefined;
    if (loading) return this.#engine.blankNowcast(bar);
    const signal = this.#engine.nowcast(bar);
    return signal && this.#marked(signal);
  }

  /**
   * Warms another engine up while the present one goes on scoring. Models that both run keep their
   * state to the last bit. {@linkcode promote} must follow in the same turn.
   *
   * @throws The signal's reason when that aborts.
   */
  async prepare(engine: Engine, signal: AbortSignal): Promise<void> {
    await warmUp(engine, this.#engine, this.#store, this.#minutes, signal);
  }

  /** Replaces the running engine by one that is prepared, for all symbols at once, between two bars. */
  promote(engine: Engine): void {
    for (const symbol of engine.symbols) {
      const to = this.#engine.lastTime(symbol);
      if (to !== undefined && to !== engine.lastTime(symbol)) {
        const from = firstNeeded(engine, symbol, to, this.#minutes);
        for (const bar of this.#store.bars(symbol, from, to)) engine.advance(bar);
        for (const bar of this.#log.waiting(symbol, engine.lastTime(symbol) ?? from - MINUTE_MS)) {
          if (bar.timestamp <= to) engine.advance(bar);
        }
      }
      engine.copyState(symbol, this.#engine);
      // With the symbol's next bar: all of them now would hold the trades up.
      this.#sinceCheckpoint.set(symbol, CHECKPOINT_EVERY);
    }
    this.#engine = engine;
  }

  /** Whether a bar is of a symbol of the engine and not in its state yet. */
  #isNew({ symbol, timestamp }: Bar): boolean {
    return this.#engine.has(symbol) && timestamp > (this.#engine.lastTime(symbol) ?? -Infinity);
  }

  #score(bar: Bar, signals: LogRecord[], checkpoints: Checkpoint[]): void {
    signals.push({ kind: "signal", record: this.#marked(this.#engine.push(bar)) });
    const since = (this.#sinceCheckpoint.get(bar.symbol) ?? 0) + 1;
    this.#sinceCheckpoint.set(bar.symbol, since);
    if (since >= CHECKPOINT_EVERY) checkpoints.push(...this.#checkpoint(bar.symbol));
  }

  async #recover(symbol: string): Promise<void> {
    const lastBar = this.#store.lastTime("bar", symbol);
    if (lastBar === undefined) return;
    const checkpoint = this.#store.checkpoint(symbol);
    const restored = checkpoint !== undefined && this.#engine.restore(checkpoint);
    const from = restored
      ? checkpoint.timestamp + MINUTE_MS
      : lastBar - (this.#minutes - 1) * MINUTE_MS;
    const lastSignal = this.#store.lastTime("signal", symbol) ?? -Infinity;
    const since = checkpoint === undefined
      ? this.#startAnew(symbol, from, lastSignal)
      : checkpoint.rebuilt;
    if (since !== undefined) this.#rebuilt.set(symbol, since);
    const signals: LogRecord[] = [];
    for (const bar of this.#store.bars(symbol, from)) {
      if (bar.timestamp <= lastSignal) {
        this.#noticeGap(bar, lastSignal);
        this.#engine.advance(bar);
      } else {
        signals.push({ kind: "signal", record: this.#marked(this.#engine.push(bar)) });
      }
    }
    const stale = this.#engine.lastTime(symbol) !== checkpoint?.timestamp || !restored;
    await this.#log.append(signals, stale ? this.#checkpoint(symbol) : []);
  }

  /**
   * The first bar to be scored with a state that is recomputed. Undefined where that state is the
   * one that is lost, as it begins at the same first bar, or where none was before.
   */
  #startAnew(symbol: string, from: number, lastSignal: number): number | undefined {
    if (lastSignal === -Infinity) return undefined;
    const [earlier] = this.#store.query({ kind: "bar", symbol, to: from - 1, limit: 1 });
    return earlier === undefined ? undefined : lastSignal + MINUTE_MS;
  }

  /** Bars that were lost by damage are missing in the state. */
  #noticeGap({ symbol, timestamp }: Bar, lastSignal: number): void {
    const before = this.#engine.lastTime(symbol);
    if (before === undefined || before === timestamp - MINUTE_MS) return;
    if (this.#store.damage !== null) this.#rebuilt.set(symbol, lastSignal + MINUTE_MS);
  }

  /**
   * Marks the signals of a state that was recomputed for as long as the history from which it was
   * computed is in its windows. After that, rounding in running sums is all that differs.
   */
  #marked(signal: Signal): Signal {
    const since = this.#rebuilt.get(signal.symbol);
    if (since === undefined) return signal;
    if (signal.timestamp < since + this.#minutes * MINUTE_MS) {
      return { ...signal, state: "rebuilt" };
    }
    this.#rebuilt.delete(signal.symbol);
    return signal;
  }

  #checkpoint(symbol: string): Checkpoint[] {
    const checkpoint = this.#engine.checkpoint(symbol);
    this.#sinceCheckpoint.set(symbol, 0);
    if (checkpoint === undefined) return [];
    const rebuilt = this.#rebuilt.get(symbol);
    return [rebuilt === undefined ? checkpoint : { ...checkpoint, rebuilt }];
  }
}
