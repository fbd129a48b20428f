import { fileURLToPath } from "node:url";
import type { Clock } from "../../data/common/clock.ts";
import type { Announcement, ModelsStatus } from "../../data/schema/announcement.ts";
import type { ModelDescription } from "../../data/schema/model.ts";
import type { FeedStatus, Status, StorageStatus } from "../../data/schema/status.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { createApp } from "./app.ts";
import { EventHub } from "./event_hub.ts";
import { HistoryGate } from "./history_gate.ts";
import { Refusals } from "./http/refusals.ts";
import { HttpServer } from "./http_server.ts";
import { LiveScoring } from "./live_scores/live_scoring.ts";
import type { ModelAdministration, ServiceView } from "./service_view.ts";
import { StreamGate } from "./stream_gate.ts";

/** What serving works with. */
export interface ServeOptions {
  readonly config: Pick<Config, "symbols" | "source" | "adminToken" | "host" | "port" | "bounds">;
  readonly wasm: WebAssembly.Module;
  readonly clock: Clock;
  readonly logger: Log;
}

/** The bus of one source. */
export interface ServedBus {
  readonly log: EventLog;
  readonly store: RecordStore;
}

/** Counters move all the time; subscribers get the status this often at the least, ms. */
const STATUS_MS = 5000;
/** Time that the engine has to answer a request for a reload, ms. */
const RELOAD_MS = 60_000;

const NO_MODELS: ModelsStatus = { models: [], problem: null, descriptions: [] };

/** What is known before a source has started. */
function startingFeed(requested: Config["source"], now: number): FeedStatus {
  return {
    source: requested === "simulator" ? "simulator" : "binance",
    requested,
    connection: "connecting",
    message: "starting",
    since: now,
    next_attempt: null,
    clock_offset: null,
    disconnects: 0,
    handovers: 0,
    invalid_frames: 0,
    invalid_frames_by_kind: {},
    rest_weight: 0,
    symbols: [],
  };
}

/** Serves feed, history, health and the dashboard from what comes over the bus. */
export class ServeRole implements ServiceView, ModelAdministration {
  /** Rejects when serving cannot continue; never resolves. */
  readonly failure: Promise<never>;
  readonly #clock: Clock;
  readonly #symbols: readonly string[];
  readonly #hub = new EventHub();
  readonly #gate: StreamGate;
  readonly #server: HttpServer;
  readonly #scoring: LiveScoring;
  readonly #reloads = new Map<string, PromiseWithResolvers<void>>();
  #bus: ServedBus | undefined;
  #stopListening: () => void = () => {};
  #feed: FeedStatus;
  #models = NO_MODELS;
  #storage: StorageStatus | null = null;
  #published = -Infinity;

  /** Assembles the role; nothing is served before {@linkcode start}. */
  constructor({ config, wasm, clock, logger }: ServeOptions) {
    this.#clock = clock;
    this.#symbols = config.symbols;
    this.#feed = startingFeed(config.source, clock.now());
    const refusals = new Refusals();
    const { maxStreams, maxPerAddress } = config.bounds;
    this.#gate = new StreamGate(maxStreams, this.#hub, refusals);
    this.#server = new HttpServer({
      config,
      handler: (request, environment) => app.fetch(request, environment),
      refusals,
      log: logger,
    });
    const app = createApp({
      symbols: config.symbols,
      view: this,
      administration: this,
      adminToken: config.adminToken,
      hub: this.#hub,
      gate: this.#gate,
      history: new HistoryGate(refusals),
      maxPerAddress,
      refusals,
      server: this.#server,
      dashboard: fileURLToPath(new URL("../dashboard/dist", import.meta.url)),
      log: logger,
      clock,
    });
    this.#scoring = new LiveScoring({ symbols: config.symbols, wasm, clock });
    this.failure = Promise.race([this.#hub.failure, this.#scoring.failure]);
  }

  /** State of the service. */
  get status(): Status {
    const { models, problem } = this.#models;
    const damage = this.#bus?.store.damage ?? null;
    return { ...this.#feed, models, models_problem: problem, storage: this.#storage, damage };
  }

  /** The live models, the primary first, with the scores of their forecasts. */
  get models(): readonly ModelDescription[] {
    const scores = this.#scoring.describe();
    return this.#models.descriptions.map((model) => {
      const live = scores.get(model.name);
      return live === undefined ? model : { ...model, live };
    });
  }

  /** Records of the current source; undefined before the first source has started. */
  get store(): RecordStore | undefined {
    return this.#bus?.store;
  }

  /**
   * Listens for requests.
   *
   * @returns The dashboard's address.
   * @throws Error naming the setting to change when it cannot listen.
   */
  async start(): Promise<string> {
    return await this.#server.start();
  }

  /** Serves the bus of a source from now on, in place of an earlier one. */
  attach(bus: ServedBus): void {
    this.#stopListening();
    this.#bus = bus;
    this.#storage = null;
    this.#stopListening = bus.log.listen((announcement) => this.#hear(announcement));
    this.#hub.attach(bus);
    this.#scoring.attach(bus);
  }

  /**
   * Asks the engine to read the model files again and to promote what they hold.
   *
   * @throws Error with the reason when they cannot be used, or no engine answers.
   */
  async reload(): Promise<void> {
    const request = crypto.randomUUID();
    const answer = Promise.withResolvers<void>();
    const waiting = new AbortController();
    const late = async () => {
      await this.#clock.sleep(RELOAD_MS, waiting.signal);
      throw new Error("Cannot reload as the engine does not answer");
    };
    this.#reloads.set(request, answer);
    try {
      this.#bus?.log.announce({ kind: "reload", request });
      await Promise.race([answer.promise, late()]);
    } finally {
      waiting.abort();
      this.#reloads.delete(request);
    }
  }

  /** Ends all streams and stops listening. */
  async close(): Promise<void> {
    this.#stopListening();
    this.#scoring.close();
    this.#hub.close();
    this.#gate.close();
    await this.#server.close();
  }

  #hear(announcement: Announcement): void {
    switch (announcement.kind) {
      case "nowcast":
        return this.#hub.nowcast(announcement.signal);
      case "feed":
        // Every second: what ingestion loads first follows what people look at.
        this.#announceViewed();
        return this.#updateFeed(announcement.status);
      case "models":
        return this.#updateModels(announcement.status);
      case "storage":
        return this.#updateStorage(announcement.status);
      case "reloaded": {
        const answer = this.#reloads.get(announcement.request);
        if (announcement.error === null) answer?.resolve();
        else answer?.reject(new Error(announcement.error));
      }
    }
  }

  #announceViewed(): void {
    const symbols = [...this.#hub.viewed(this.#symbols.length)];
    this.#bus?.log.announce({ kind: "viewed", symbols });
  }

  #updateFeed(feed: FeedStatus): void {
    const { source, connection, message } = this.#feed;
    const changed = feed.source !== source || feed.connection !== connection ||
      feed.message !== message;
    this.#feed = feed;
    if (changed || this.#clock.monotonic() - this.#published >= STATUS_MS) this.#publish();
  }

  #updateModels(models: ModelsStatus): void {
    const changed = models.models !== this.#models.models ||
      models.problem !== this.#models.problem;
    this.#models = models;
    this.#scoring.follow(models.descriptions);
    if (changed) this.#publish();
  }

  #updateStorage(storage: StorageStatus | null): void {
    const changed = storage?.reason !== this.#storage?.reason;
    this.#storage = storage;
    if (changed) this.#publish();
  }

  #publish(): void {
    this.#published = this.#clock.monotonic();
    this.#hub.status(this.status);
  }
}
