import { type Exchange, startExchange } from "./simulator/simulator.ts";
import { simulatedMarket } from "./simulator/simulated/source.ts";
import { MINUTE_MS } from "../data/schema/time.ts";
import { Journal } from "./bus/embedded/journal.ts";
import type { Config } from "./config.ts";
import type { EventHub } from "./serve/event_hub.ts";
import type { LiveModels } from "./engine/model_registry.ts";
import type { LoadedModel } from "./engine/loaded_model.ts";
import type { Log } from "./log.ts";
import { probeExchange } from "./exchanges/binance/probe.ts";
import { journalPath, Session } from "./session.ts";
import type { Status } from "../data/schema/status.ts";

/** The contract: Binance has so long to answer before `SOURCE=auto` falls back, ms. */
const PROBE_MS = 5000;
const RETRY_MS = 10_000;
/** Counters move all the time; the page is told of them this often, ms. */
const STATUS_EVERY_MS = 5000;

/** What a switch works with. */
export interface SourceSwitchOptions {
  readonly config: Config;
  readonly wasm: WebAssembly.Module;
  readonly models: Pick<LiveModels, "live" | "status" | "problem">;
  readonly hub: EventHub;
  readonly log: Log;
  /** Told of an error that the service cannot go on with. */
  readonly onFailure: (error: unknown) => void;
}

/** Owns the running session and, for `SOURCE=auto`, which exchange it listens to. */
export class SourceSwitch {
  readonly #options: SourceSwitchOptions;
  readonly #statusTimer: ReturnType<typeof setInterval>;
  #session: Session | undefined;
  #simulator: Exchange | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Why the simulator stands in for Binance. */
  #fallbackReason: string | undefined;
  #closed = false;

  constructor(options: SourceSwitchOptions) {
    this.#options = options;
    this.#statusTimer = setInterval(() => this.publishStatus(), STATUS_EVERY_MS);
  }

  /** The session that is running; undefined until the first has begun. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The state of the service as it tells it to the world. */
  status(): Status {
    const { config, models } = this.#options;
    const session = this.#session;
    const scoring = { models: models.status, models_problem: models.problem };
    if (session === undefined) {
      return {
        source: config.source === "simulator" ? "simulator" : "binance",
        requested: config.source,
        connection: "connecting",
        message: "starting",
        since: Date.now(),
        clock_offset: null,
        disconnects: 0,
        handovers: 0,
        invalid_frames: 0,
        ...scoring,
        invalid_frames_by_kind: {},
        rest_weight: 0,
        symbols: [],
      };
    }
    return {
      source: session.source,
      requested: config.source,
      connection: session.connection.state,
      message: this.#message(session),
      since: session.connection.since,
      clock_offset: session.clockOffset,
      disconnects: session.disconnects,
      handovers: session.handovers,
      invalid_frames: session.invalidFrames,
      ...scoring,
      invalid_frames_by_kind: session.invalidFramesByKind,
      rest_weight: session.restWeight,
      symbols: session.symbols,
    };
  }

  /** Chooses the source and starts its session. */
  async start(): Promise<void> {
    const { config, log } = this.#options;
    if (config.source === "simulator") return await this.#runSimulator();
    if (config.source === "binance") return await this.#runBinance(this.#openJournal("binance"));
    const reason = await this.#probe();
    if (this.#closed) return;
    if (reason === undefined) return await this.#runBinance(this.#openJournal("binance"));
    this.#fallbackReason = reason;
    log.warning("Binance cannot be reached: running on the SIMULATED market", { reason });
    this.#scheduleRetry();
    await this.#runSimulator();
  }

  /**
   * Goes over to other models, whichever session runs by the time they are warm.
   *
   * @param done Called in the same turn as the engine changes.
   * @returns Why they know less of the past than they could; null when they do not.
   * @throws The reason of `signal` when that is aborted, or why the models cannot run.
   */
  async replaceModels(
    models: readonly LoadedModel[],
    signal: AbortSignal,
    done: () => void,
  ): Promise<string | null> {
    for (;;) {
      const session = this.#session;
      const successor = await session?.prepare(models, signal).catch((error: unknown) => {
        // A move to another source ends what the session was at.
        if (session === this.#session) throw error;
      });
      if (session !== this.#session) continue;
      signal.throwIfAborted();
      successor?.takeOver();
      done();
      return successor?.shortfall ?? null;
    }
  }

  /** Ends everything that runs. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#statusTimer);
    this.#session?.close();
    await this.#simulator?.close();
  }

  #probe(): Promise<string | undefined> {
    const { binanceWsUrl, binanceRestUrl } = this.#options.config;
    return probeExchange(binanceWsUrl, binanceRestUrl, PROBE_MS);
  }

  #message(session: Session): string {
    const { config } = this.#options;
    const { state, message } = session.connection;
    if (session.source === "binance") {
      return state === "disconnected"
        ? `${message}. Check the network, BINANCE_WS_URL and BINANCE_REST_URL, or run with SOURCE=simulator`
        : message;
    }
    return this.#fallbackReason === undefined
      ? `Simulated market, seed ${config.simulatorSeed}, as SOURCE=simulator asks`
      : `Simulated market: Binance cannot be reached (${this.#fallbackReason}); trying again every ` +
        `${RETRY_MS / 1000} s`;
  }

  /** Tells subscribers the state of the service. */
  publishStatus(): void {
    this.#options.hub.status(this.status());
  }

  #scheduleRetry(): void {
    this.#retry = setTimeout(async () => {
      try {
        this.#fallbackReason = await this.#probe();
        if (this.#closed) return;
        if (this.#fallbackReason === undefined) await this.#moveToBinance();
        else this.#scheduleRetry();
      } catch (error) {
        this.#options.onFailure(error);
      }
    }, RETRY_MS);
  }

  async #moveToBinance(): Promise<void> {
    this.#options.log.info("Binance answers: leaving the simulated market");
    const [oldSession, oldSimulator] = [this.#session, this.#simulator];
    const journal = this.#openJournal("binance");
    this.#simulator = undefined;
    oldSession?.close();
    await this.#runBinance(journal);
    await oldSimulator?.close();
  }

  #openJournal(name: string): Journal {
    return new Journal(journalPath(this.#options.config.dataDir, name));
  }

  async #runBinance(journal: Journal): Promise<void> {
    const { binanceWsUrl, binanceRestUrl } = this.#options.config;
    await this.#run(journal, "binance", binanceWsUrl, binanceRestUrl);
  }

  /** The simulated market travels the road of the real one: over sockets, from a local exchange. */
  async #runSimulator(): Promise<void> {
    const { symbols, simulatorSeed, simulatorSpeed } = this.#options.config;
    const journal = this.#openJournal(`simulator-${simulatorSeed}`);
    // A run at a higher speed left the clock on the wall behind; the next one goes on from there.
    const reached = symbols.map((symbol) => journal.lastTime("bar", symbol) ?? 0);
    this.#simulator = await startExchange({
      source: simulatedMarket({ seed: simulatorSeed, symbols }),
      speed: simulatorSpeed,
      start: Math.max(Date.now(), ...reached.map((time) => time + MINUTE_MS)),
    });
    const { wsUrl, url } = this.#simulator;
    await this.#run(journal, "simulator", wsUrl, url);
  }

  async #run(
    journal: Journal,
    source: "binance" | "simulator",
    wsUrl: string,
    restUrl: string,
  ): Promise<void> {
    const { config, wasm, models, hub, log, onFailure } = this.#options;
    const session = new Session({
      source,
      symbols: config.symbols,
      wsUrl,
      restUrl,
      journal,
      wasm,
      models: models.live,
      log,
      onNowcast: (signal) => hub.nowcast(signal),
      onChange: () => this.publishStatus(),
      onFailure,
    });
    this.#session = session;
    hub.attach(journal);
    this.publishStatus();
    log.info("session started", { source, exchange: wsUrl });
    await session.start();
  }
}
