import { join } from "node:path";
import type { Clock } from "../data/common/clock.ts";
import type { FeedSource } from "../data/schema/origin.ts";
import { DAY_MINUTES, MINUTE_MS } from "../data/schema/time.ts";
import { EmbeddedLog } from "./bus/embedded/embedded_log.ts";
import type { Config } from "./config.ts";
import { EngineRole } from "./engine/engine_role.ts";
import type { FileWatcher } from "./engine/file_watcher.ts";
import type { ModelRegistry } from "./engine/model_registry.ts";
import { createBinance } from "./exchanges/binance/binance.ts";
import { IngestRole } from "./ingest/ingest.ts";
import { describeChoice, type SourceChoice } from "./ingest/source_selector.ts";
import type { Log } from "./log.ts";
import { SimulatorThread } from "./simulator/simulator_thread.ts";

/** What the roles of this process share. */
export interface RoleOptions {
  readonly config: Config;
  readonly wasm: WebAssembly.Module;
  readonly registry: ModelRegistry;
  readonly watcher: FileWatcher;
  readonly clock: Clock;
  readonly logger: Log;
}

/** The page shows a day, and models need an hour before it to settle. */
const SHOWN_MINUTES = 1500;

/** The file that keeps what comes from a source; the sources never share one. */
function journalOf({ dataDir, simulatorSeed }: Config, source: FeedSource): string {
  const name = source === "binance" ? "binance" : `simulator-${simulatorSeed}`;
  return join(dataDir, `${name}.sqlite`);
}

/** Ingestion and engine over the bus of one source. */
export class SourceRoles {
  readonly source: FeedSource;
  readonly bus: { readonly log: EmbeddedLog; readonly store: EmbeddedLog };
  /** Rejects when one of the roles cannot continue; never resolves. */
  readonly failure: Promise<never>;
  readonly #options: RoleOptions;
  readonly #failed = Promise.withResolvers<never>();
  #notice: string | null = null;
  #simulator: SimulatorThread | undefined;
  #engine: EngineRole | undefined;
  #ingest: IngestRole | undefined;
  #closed = false;

  /**
   * Opens the journal of a source.
   *
   * @throws Error naming the journal when it cannot be opened.
   */
  constructor(source: FeedSource, options: RoleOptions) {
    this.source = source;
    this.#options = options;
    this.failure = this.#failed.promise;
    const log = new EmbeddedLog(journalOf(options.config, source), {
      clock: options.clock,
      logger: options.logger,
    });
    this.bus = { log, store: log };
  }

  /** Shows why this source runs. */
  describe(choice: SourceChoice): void {
    this.#notice = describeChoice(choice, this.#options.config.simulatorSeed);
    this.#ingest?.setNotice(this.#notice);
  }

  /** Starts the engine, which recovers its state, then ingestion. */
  async start(): Promise<void> {
    const { config, wasm, registry, watcher, clock, logger } = this.#options;
    const { bus, source } = this;
    const { symbols } = config;
    const { historyDays } = config;
    const historyMinutes = Math.max(SHOWN_MINUTES, historyDays * DAY_MINUTES);
    const simulator = source === "simulator" ? this.#startSimulator() : undefined;
    const engine = this.#engine = new EngineRole({
      ...{ bus, wasm, registry, watcher, symbols, historyMinutes, historyDays, clock, logger },
    });
    await engine.start();
    if (this.#closed) return;
    const { binanceWsUrl: wsUrl, binanceRestUrl: restUrl, proxies } = config;
    const urls = simulator === undefined ? { wsUrl, restUrl, proxies } : await simulator.urls;
    if (this.#closed) return;
    const ingest = this.#ingest = new IngestRole({
      ...{ exchange: createBinance({ ...urls, clock }), source, requested: config.source },
      ...{ symbols, bus, historyMinutes, clock, logger },
    });
    ingest.setNotice(this.#notice);
    for (const { failure } of [engine, ingest]) failure.catch(this.#failed.reject);
    logger.info("source started", { source, exchange: urls.wsUrl });
    await ingest.start();
  }

  /** Ends the roles and closes the journal. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ingest?.close();
    this.#engine?.close();
    this.#simulator?.close();
    await this.bus.log.close();
  }

  /** The simulated market is ingested like a real one: over sockets, from a local stand-in. */
  #startSimulator(): SimulatorThread {
    const { config: { symbols, simulatorSeed: seed, simulatorSpeed: speed }, clock } =
      this.#options;
    // A run at a higher speed passed the wall clock; the next run resumes where it ended.
    const ends = symbols.map((symbol) => (this.bus.log.lastTime("bar", symbol) ?? 0) + MINUTE_MS);
    const start = Math.max(clock.now(), ...ends);
    const simulator = this.#simulator = new SimulatorThread({ seed, symbols, speed, start });
    simulator.failure.catch(this.#failed.reject);
    return simulator;
  }
}
