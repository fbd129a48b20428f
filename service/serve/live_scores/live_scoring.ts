import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../../data/common/clock.ts";
import { errorMessage } from "../../../data/common/errors.ts";
import type { Live } from "../../../data/schema/live.ts";
import type { ModelDescription } from "../../../data/schema/model.ts";
import { parseSignal } from "../../../data/schema/parse.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { EventLog } from "../../bus/event_log.ts";
import type { RecordStore } from "../../bus/record_store.ts";
import { WEEK_HOURS } from "./hour_sums.ts";
import { LiveScores } from "./live_scores.ts";
import { type ScoredModel, scoredModels } from "./rules.ts";

/** The longest window that is shown, minutes. */
const WEEK_MINUTES = WEEK_HOURS * 60;
/** Signals taken in one turn of the loop; the trades that arrive meanwhile wait 1 to 2 ms. */
const A_TURN = 60;
/** Rest after each turn of the past, in turns: it takes a quarter of the loop's time. */
const REST = 3;

/** What the scores are read from. */
interface ScoredBus {
  readonly log: Pick<EventLog, "end" | "read">;
  readonly store: Pick<RecordStore, "query" | "lastTime">;
}

/** What scoring works with. */
export interface LiveScoringOptions {
  readonly symbols: readonly string[];
  readonly wasm: WebAssembly.Module;
  readonly clock: Clock;
}

/**
 * Scores the published forecasts of a log as they mature. A market's past is read from the store, in
 * small steps beside the loop's other work, at a start and, where there is none yet, once the first
 * signal comes that is no history; from then on the log is followed. So a restart scores the same.
 */
export class LiveScoring {
  /** Rejects when the log cannot be read; never resolves. */
  readonly failure: Promise<never>;
  readonly #failed = Promise.withResolvers<never>();
  readonly #options: LiveScoringOptions;
  #bus: ScoredBus | undefined;
  #models: readonly ScoredModel[] = [];
  #fingerprint = "";
  #scores: LiveScores | undefined;
  #running = new AbortController();

  constructor(options: LiveScoringOptions) {
    this.#options = options;
    this.failure = this.#failed.promise;
  }

  /** Scores the log of a source from now on, in place of an earlier one. */
  attach(bus: ScoredBus): void {
    this.#bus = bus;
    this.#restart();
  }

  /** Scores the forecasts of these models; all over again when they are others than before. */
  follow(models: readonly ModelDescription[]): void {
    const fingerprint = models.map((model) => `${model.name} ${model.created} ${model.fingerprint}`)
      .join();
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#models = scoredModels(models);
    this.#restart();
  }

  /** The scores by model; empty while no model makes forecasts. */
  describe(): ReadonlyMap<string, Live> {
    return this.#scores?.describe() ?? new Map();
  }

  /** Ends scoring. */
  close(): void {
    this.#running.abort();
  }

  #restart(): void {
    this.#running.abort();
    this.#running = new AbortController();
    this.#scores = undefined;
    const { signal } = this.#running;
    if (this.#bus === undefined || this.#models.length === 0) return;
    const scores = this.#scores = new LiveScores(this.#options.wasm, this.#models);
    this.#run(this.#bus, scores, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      const message = `Cannot score forecasts: ${errorMessage(error)}`;
      this.#failed.reject(new Error(message, { cause: error }));
    });
  }

  async #run(bus: ScoredBus, scores: LiveScores, signal: AbortSignal): Promise<void> {
    const { symbols } = this.#options;
    const markets = new Map<string, "waiting" | "live">();
    const failed = Promise.withResolvers<never>();
    let reading = Promise.resolve();
    const readLater = (symbol: string) => {
      markets.set(symbol, "waiting");
      reading = reading.then(async () => {
        await this.#readPast(bus.store, scores, symbol, signal);
        markets.set(symbol, "live");
      });
      reading.catch(failed.reject);
    };
    const known = new Set(symbols);
    const follow = async () => {
      let taken = 0;
      for await (const events of bus.log.read(bus.log.end, signal, "signal")) {
        for (const { symbol, backfill, json } of events) {
          if (signal.aborted) return;
          if (backfill || !known.has(symbol)) continue;
          if (!markets.has(symbol)) readLater(symbol);
          if (markets.get(symbol) !== "live") continue;
          scores.push(parseSignal(json));
          if (++taken % A_TURN === 0) await nextTurn();
        }
      }
    };
    for (const symbol of symbols) {
      if (bus.store.lastTime("signal", symbol) !== undefined) readLater(symbol);
    }
    await Promise.race([follow(), failed.promise]);
  }

  /** Scores a market's past up to its last signal, as of the turn in which it resolves. */
  async #readPast(
    store: ScoredBus["store"],
    scores: LiveScores,
    symbol: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#options;
    const need = Math.max(...this.#models.map(({ rules }) => rules.need));
    let last = store.lastTime("signal", symbol) ?? 0;
    let from = last - (WEEK_MINUTES + need) * MINUTE_MS;
    while (from <= last) {
      const begun = clock.monotonic();
      const to = from + (A_TURN - 1) * MINUTE_MS;
      for (const json of store.query({ kind: "signal", symbol, from, to, limit: A_TURN })) {
        scores.push(parseSignal(json));
      }
      // Later ones may have come since.
      from = Math.min(to, last) + MINUTE_MS;
      const took = clock.monotonic() - begun;
      if (took > 0) await clock.sleep(REST * took, signal);
      else await nextTurn();
      signal.throwIfAborted();
      last = store.lastTime("signal", symbol) ?? last;
    }
  }
}
