import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { historyBars } from "../core-wasm/core.ts";
import { barOfKline } from "./ingest/bars/kline_bar.ts";
import { isSound } from "../data/schema/kline.ts";
import { vpinHistoryStart } from "./ingest/bars/microstructure/vpin.ts";
import { BarAudit } from "./ingest/bars/bar_audit.ts";
import { Journal } from "./bus/embedded/journal.ts";
import { Engine } from "./engine/engine.ts";
import { EngineRunner, type Successor } from "./engine/engine_runner.ts";
import type { LoadedModel } from "./engine/loaded_model.ts";
import type { Signal } from "../data/schema/signal.ts";
import type { Log } from "./log.ts";
import { throttleFailures } from "./log_throttle.ts";
import { ExchangeClock } from "./exchanges/binance/clock.ts";
import type { ConnectionEnd } from "./exchanges/binance/connection.ts";
import { Feed } from "./exchanges/binance/feed.ts";
import { RestClient } from "./exchanges/binance/rest.ts";
import type { Trade } from "../data/schema/trade.ts";
import type { ConnectionState, SymbolStatus } from "../data/schema/status.ts";
import { SymbolPipeline } from "./ingest/symbol_pipeline.ts";
import { errorMessage } from "../data/common/errors.ts";

/** What a session runs on. */
export interface SessionOptions {
  readonly source: "binance" | "simulator";
  readonly symbols: readonly string[];
  readonly wsUrl: string;
  readonly restUrl: string;
  /** The source's own journal; the session closes it. */
  readonly journal: Journal;
  readonly wasm: WebAssembly.Module;
  readonly models: readonly LoadedModel[];
  readonly log: Log;
  /** Takes nowcasts, each second at most one a symbol. */
  readonly onNowcast: (signal: Signal) => void;
  /** Told when the connection changes. */
  readonly onChange: () => void;
  /** Told of an error that the session cannot go on with. */
  readonly onFailure: (error: unknown) => void;
}

/** The state of the line to the exchange. */
export interface Connection {
  readonly state: ConnectionState;
  readonly message: string;
  /** Since when, ms UTC of this machine. */
  readonly since: number;
}

/** History to show: a day, and an hour for the models to settle before it. */
const SHOWN_MINUTES = 1500;

/** Trades of a hole that are fetched one by one, for all symbols together. */
const LONGEST_REPAIR = 200_000;
/** What each symbol may count on. */
const LEAST_REPAIR = 5000;

const CLOSE_EVERY_MS = 100;
const NOWCAST_EVERY_MS = 1000;
const SYNC_EVERY_MS = 10_000;
const FIRST_SYNC_EVERY_MS = 500;
const AUDIT_EVERY_MS = 15_000;

/** History that the models need to see all they can, and the page to show a day. */
function historyMinutes(models: readonly LoadedModel[]): number {
  const needed = models.map(({ artifact }) => historyBars(artifact.features));
  return Math.max(SHOWN_MINUTES, ...needed);
}

/** The file that keeps what comes from a source; the sources never share one. */
export function journalPath(dataDir: string, name: string): string {
  return join(dataDir, `${name}.sqlite`);
}

/** The pipeline from one exchange to its journal: market, bars, engine, bus. */
export class Session {
  readonly #options: SessionOptions;
  /** For what fails again and again, and for many symbols at once. */
  readonly #failures: Log;
  readonly #closing = new AbortController();
  readonly #historyMinutes: number;
  readonly #clock = new ExchangeClock(() => performance.timeOrigin + performance.now());
  readonly #journal: Journal;
  readonly #runner: EngineRunner;
  readonly #rest: RestClient;
  readonly #feed: Feed;
  readonly #audit: BarAudit;
  readonly #pipelines = new Map<string, SymbolPipeline>();
  /** Symbols of each socket that stands. */
  readonly #up = new Set<readonly string[]>();
  /** How it ended for those whose socket does not stand. */
  readonly #down = new Map<readonly string[], ConnectionEnd>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #nowcastTrades = new Map<string, number>();
  #connection: Connection;
  #clockProblem: string | null = null;
  /** Whether the last request for the exchange's time failed. */
  #unanswered = false;
  #disconnects = 0;
  #handovers = 0;
  readonly #invalidFrames = new Map<string, number>();
  #invalidLogged = -Infinity;

  /** Builds the pipeline; nothing runs before {@linkcode start}. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.#failures = throttleFailures(options.log, () => performance.now());
    this.#historyMinutes = historyMinutes(options.models);
    this.#connection = {
      state: "connecting",
      message: `connecting to ${options.wsUrl}`,
      since: Date.now(),
    };
    this.#journal = options.journal;
    const engine = new Engine(options.wasm, options.models, options.symbols);
    this.#runner = new EngineRunner(engine, this.#journal);
    this.#rest = new RestClient(options.restUrl, this.#closing.signal);
    this.#audit = new BarAudit({
      klines: (...range) => this.#rest.klines(...range, "audit"),
      now: () => this.#clock.now(),
      log: options.log,
      closing: this.#closing.signal,
    });
    this.#feed = new Feed({
      url: options.wsUrl,
      symbols: options.symbols,
      listener: {
        trade: (trade, overlapping) => this.#trade(trade, overlapping),
        connected: (symbols) => this.#connected(symbols),
        disconnected: (symbols, end) => this.#disconnected(symbols, end),
        invalid: (reason) => this.#invalid(reason),
        handedOver: () => this.#handovers++,
      },
    });
  }

  /** The bus of this session. */
  get bus(): Journal {
    return this.#journal;
  }

  get source(): "binance" | "simulator" {
    return this.#options.source;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get disconnects(): number {
    return this.#disconnects;
  }

  get handovers(): number {
    return this.#handovers;
  }

  get invalidFrames(): number {
    return [...this.#invalidFrames.values()].reduce((sum, count) => sum + count, 0);
  }

  get invalidFramesByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#invalidFrames);
  }

  get restWeight(): number {
    return this.#rest.usedWeight;
  }

  get clockOffset(): number | null {
    return this.#clock.offset;
  }

  get symbols(): readonly SymbolStatus[] {
    return [...this.#pipelines].map(([symbol, { status }]) => {
      const { audited, mismatches } = this.#audit.counts(symbol);
      return {
        ...status,
        audited_bars: audited,
        mismatched_bars: mismatches,
        problem: this.#clockProblem ?? status.problem,
      };
    });
  }

  /** Resumes from the journal, then goes live. */
  async start(): Promise<void> {
    for (const symbol of this.#options.symbols) {
      await this.#runner.recover(symbol, this.#historyMinutes);
      this.#pipelines.set(symbol, this.#pipeline(symbol));
    }
    await this.#syncClock();
    if (this.#closing.signal.aborted) return;
    this.#feed.start();
    this.#every(CLOSE_EVERY_MS, () => {
      if (!this.#clock.measured) return;
      for (const { assembler } of this.#pipelines.values()) assembler.closeDue();
    });
    this.#every(NOWCAST_EVERY_MS, () => this.#nowcast());
    this.#every(SYNC_EVERY_MS, () => void this.#syncClock());
    this.#every(FIRST_SYNC_EVERY_MS, () => {
      if (!this.#clock.measured) void this.#syncClock();
    });
    this.#every(AUDIT_EVERY_MS, () => void this.#audit.round());
  }

  /**
   * Warms other models up beside those that run.
   *
   * @throws The reason of `signal`, or the session's own, when either ends it.
   */
  prepare(models: readonly LoadedModel[], signal: AbortSignal): Promise<Successor> {
    const { wasm, symbols, source } = this.#options;
    return this.#runner.prepare(new Engine(wasm, models, symbols), {
      minutes: historyMinutes(models),
      older: async (symbol, from, to) => {
        const klines = await this.#rest.klines(symbol, from, to);
        return klines.filter(isSound).map((kline) => barOfKline(symbol, source, kline));
      },
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
  }

  /** Ends the session and closes the journal. */
  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers) clearInterval(timer);
    this.#feed.close();
    this.#journal.close();
  }

  #every(ms: number, task: () => void): void {
    this.#timers.push(setInterval(task, ms));
  }

  #pipeline(symbol: string): SymbolPipeline {
    const lastTime = this.#journal.lastTime("bar", symbol);
    const { source, symbols, onFailure } = this.#options;
    return new SymbolPipeline({
      symbol,
      source,
      published: lastTime === undefined
        ? []
        : this.#journal.bars(symbol, vpinHistoryStart(lastTime)),
      historyMinutes: this.#historyMinutes,
      longestRepair: Math.max(LEAST_REPAIR, LONGEST_REPAIR / symbols.length),
      now: () => this.#clock.now(),
      uptime: () => performance.now(),
      sleep: (ms) => sleep(ms, undefined, { signal: this.#closing.signal }),
      klines: (...range) => this.#rest.klines(...range),
      history: (...query) => this.#rest.aggTrades(...query),
      publish: async (bars) => {
        await this.#journal.appendBars(bars);
        await this.#runner.process(bars);
        this.#audit.add(bars);
      },
      fail: onFailure,
      log: this.#failures,
      closing: this.#closing.signal,
    });
  }

  #trade(trade: Trade, overlapping: boolean): void {
    this.#clock.observe(trade.time);
    this.#pipelines.get(trade.symbol)?.line.trade(trade, overlapping);
  }

  #connected(symbols: readonly string[]): void {
    this.#up.add(symbols);
    this.#down.delete(symbols);
    this.#tellConnection();
    if (this.#clock.measured) this.#begin(symbols);
  }

  #disconnected(symbols: readonly string[], end: ConnectionEnd): void {
    this.#options.log.warning("the feed was interrupted; trying again", { reason: end.reason });
    if (this.#up.delete(symbols)) this.#disconnects++;
    this.#down.set(symbols, end);
    this.#tellConnection();
    for (const symbol of symbols) this.#pipelines.get(symbol)?.assembler.disconnected();
  }

  /** Without the exchange's time nothing could be asked for: this machine's may be hours off. */
  #begin(symbols: readonly string[]): void {
    for (const symbol of symbols) this.#pipelines.get(symbol)?.connected();
  }

  /** The worst of the sockets is what the connection is said to be. */
  #tellConnection(): void {
    const ends = [...this.#down.values()];
    const end = ends.find(({ silent }) => !silent) ?? ends[0];
    if (end !== undefined) {
      const symbols = [...this.#down.keys()].flat();
      const all = symbols.length === this.#options.symbols.length;
      const whose = all ? "" : ` (${symbols.length} of ${this.#options.symbols.length} symbols)`;
      const state = end.silent ? "silent" : "disconnected";
      this.#setConnection(state, `${end.reason}; trying again${whose}`);
    } else if (this.#up.size === this.#feed.sockets) {
      const { state } = this.#connection;
      if (state === "disconnected" || state === "silent") {
        this.#options.log.info("the feed is live again");
      }
      this.#setConnection("live", `live from ${this.#options.wsUrl}`);
    }
  }

  #setConnection(state: ConnectionState, message: string): void {
    const since = state === this.#connection.state ? this.#connection.since : Date.now();
    this.#connection = { state, message, since };
    this.#options.onChange();
  }

  /** "Counted, logged once a minute at most". */
  #invalid(reason: string): void {
    this.#invalidFrames.set(reason, (this.#invalidFrames.get(reason) ?? 0) + 1);
    const now = performance.now();
    if (now - this.#invalidLogged < 60_000) return;
    this.#invalidLogged = now;
    const total = this.invalidFrames;
    this.#options.log.warning("frames of the exchange could not be used", { reason, total });
  }

  #nowcast(): void {
    for (const [symbol, { line, assembler }] of this.#pipelines) {
      const { trades } = line.counts;
      if (this.#nowcastTrades.get(symbol) === trades) continue;
      const forming = assembler.forming();
      const signal = forming && this.#runner.nowcast(forming);
      if (signal === undefined) continue;
      this.#nowcastTrades.set(symbol, trades);
      this.#options.onNowcast(signal);
    }
  }

  async #syncClock(): Promise<void> {
    const first = !this.#clock.measured;
    try {
      const { serverTime, roundTripMs } = await this.#rest.time();
      this.#clock.measure(serverTime, roundTripMs);
    } catch (error) {
      // At first requests overlap, and one that was asked later may have been answered.
      if (this.#closing.signal.aborted || (first && this.#clock.measured)) return;
      const why = errorMessage(error);
      this.#unanswered = true;
      this.#failures.warning("cannot get the exchange's time; trying again", { why });
      if (first) this.#clockProblem = `bars wait for the exchange's time: ${why}`;
      return;
    }
    if (this.#unanswered) this.#options.log.info("the exchange tells its time again");
    this.#unanswered = false;
    this.#clockProblem = null;
    if (!first) return;
    for (const symbols of this.#up) this.#begin(symbols);
  }
}
