import type { Clock } from "../../data/common/clock.ts";
import { errorMessage } from "../../data/common/errors.ts";
import type { Announcement, ModelsStatus } from "../../data/schema/announcement.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Log } from "../log.ts";
import { Engine } from "./engine.ts";
import { EngineRunner } from "./engine_runner.ts";
import type { FileWatcher } from "./file_watcher.ts";
import type { ModelRegistry } from "./model_registry.ts";
import { historyShortfall } from "./warm_up.ts";

/** What the engine works with. */
export interface EngineOptions {
  readonly bus: { readonly log: EventLog; readonly store: RecordStore };
  readonly wasm: WebAssembly.Module;
  readonly registry: ModelRegistry;
  /** Watches the artifact files. */
  readonly watcher: FileWatcher;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  /** History that ingestion fetches, minutes. */
  readonly historyMinutes: number;
  /** The setting that it comes from. */
  readonly historyDays: number;
  readonly clock: Clock;
  readonly logger: Log;
}

/** Interval between announcements of the models, ms. */
const ANNOUNCE_MS = 1000;

/** The reason that ends a reload in favour of a later one. */
const SUPERSEDED = new Error("Cannot promote these models as a later reload has begun");

/** Scores every bar of the log: from bars to signals in the same log. */
export class EngineRole {
  /** Rejects when scoring cannot continue; never resolves. */
  readonly failure: Promise<never>;
  readonly #options: EngineOptions;
  readonly #runner: EngineRunner;
  readonly #closing = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  #stopListening: () => void = () => {};
  #reloading = new AbortController();
  #latest: Promise<void> = Promise.resolve();

  /** Assembles the role; nothing runs before {@linkcode start}. */
  constructor(options: EngineOptions) {
    const { wasm, registry, symbols, bus, historyMinutes } = options;
    this.#options = options;
    this.#runner = new EngineRunner(
      new Engine(wasm, registry.live, symbols),
      bus,
      historyMinutes,
    );
    this.failure = this.#failed.promise;
  }

  /** State of the models. */
  get status(): ModelsStatus {
    return this.#options.registry.status;
  }

  /** Recovers the state of every symbol, then scores what becomes durable. */
  async start(): Promise<void> {
    const { bus, registry, logger } = this.#options;
    const shortfall = historyShortfall(registry.live, this.#options);
    if (shortfall !== null) logger.warning("models are not fully warm", { why: shortfall });
    // Taken first: what is appended during the recovery is read after it.
    const position = bus.log.end;
    const rebuilt = await this.#runner.recover();
    if (rebuilt.length > 0) {
      logger.warning(
        "saved states were lost; they are recomputed from the bars, and last digits of the " +
          'signals may differ: those signals say "state":"rebuilt"',
        { symbols: rebuilt.join(",") },
      );
    }
    if (this.#closing.signal.aborted) return;
    this.#stopListening = bus.log.listen((announcement) => this.#hear(announcement));
    for (const task of [this.#score(position), this.#watch(), this.#announce()]) {
      this.#supervise(task);
    }
  }

  /**
   * Reads the artifact files again and promotes what they hold. On any error the live models stay.
   * Of several reloads the latest counts: those before it end as it does.
   *
   * @throws Error with the reason when the artifacts cannot be used.
   */
  reload(): Promise<void> {
    this.#reloading.abort(SUPERSEDED);
    this.#reloading = new AbortController();
    return this.#latest = this.#reload(this.#reloading.signal);
  }

  /** Ends scoring. */
  close(): void {
    this.#closing.abort(new Error("Cannot continue as the engine is closing"));
    this.#reloading.abort(this.#closing.signal.reason);
    this.#stopListening();
  }

  /** An error of a task, unless the role was closed, is the failure of the role. */
  #supervise(task: Promise<unknown>): void {
    task.catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#failed.reject(error);
    });
  }

  async #score(position: string): Promise<void> {
    const { log } = this.#options.bus;
    for await (const events of log.read(position, this.#closing.signal, "bar")) {
      await this.#runner.process(events);
    }
  }

  async #watch(): Promise<void> {
    for await (const _ of this.#options.watcher.changes(this.#closing.signal)) {
      // The reason is in the log and in the status.
      await this.reload().catch(() => {});
    }
  }

  async #announce(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#closing.signal.aborted) {
      this.#announceModels();
      await clock.sleep(ANNOUNCE_MS, this.#closing.signal).catch(() => {});
    }
  }

  #announceModels(): void {
    this.#options.bus.log.announce({ kind: "models", status: this.status });
  }

  #hear(announcement: Announcement): void {
    const { log } = this.#options.bus;
    if (announcement.kind === "forming") {
      this.#supervise(this.#runner.processWaiting(announcement.bar.symbol));
      const signal = this.#runner.nowcast(announcement);
      if (signal !== undefined) log.announce({ kind: "nowcast", signal });
    } else if (announcement.kind === "reload") {
      const { request } = announcement;
      const answer = (error: string | null) => log.announce({ kind: "reloaded", request, error });
      this.reload().then(() => answer(null), (error) => answer(errorMessage(error)));
    }
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const { registry, logger, wasm, symbols } = this.#options;
    try {
      const models = registry.read();
      const shortfall = historyShortfall(models, this.#options);
      if (!registry.isLive(models)) {
        const engine = new Engine(wasm, models, symbols);
        await this.#runner.prepare(engine, signal);
        this.#runner.promote(engine);
      }
      registry.promote(models, shortfall);
      if (shortfall !== null) logger.warning("models are not fully warm", { why: shortfall });
    } catch (error) {
      if (signal.reason === SUPERSEDED) return await this.#latest;
      if (!signal.aborted) {
        const why = errorMessage(error);
        logger.error("the model artifacts cannot be used; the live models stay", { why });
        registry.refuse(`${why}; the models loaded before stay live`);
        this.#announceModels();
      }
      throw error;
    }
    this.#announceModels();
  }
}
