import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { historyBars } from "../core-wasm/core.ts";
import { BarAssembler } from "./bars/bar_assembler.ts";
import { barOfKline, isSound } from "./bars/kline_bar.ts";
import { Journal } from "./bus/journal.ts";
import { Engine } from "./engine/engine.ts";
import { EngineRunner, type Successor } from "./engine/engine_runner.ts";
import type { LoadedModel } from "./engine/loaded_model.ts";
import type { Signal } from "./engine/signal.ts";
import type { Log } from "./log.ts";
import { ExchangeClock } from "./market/clock.ts";
import { Feed } from "./market/feed.ts";
import { RestClient } from "./market/rest.ts";
import type { Trade } from "./market/trade.ts";
import type { ConnectionState, SymbolStatus } from "./status.ts";

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

const CLOSE_EVERY_MS = 100;
const NOWCAST_EVERY_MS = 1000;
const SYNC_EVERY_MS = 10_000;

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
  readonly #closing = new AbortController();
  readonly #historyMinutes: number;
  readonly #clock = new ExchangeClock(() => performance.timeOrigin + performance.now());
  readonly #journal: Journal;
  readonly #runner: EngineRunner;
  readonly #rest: RestClient;
  readonly #feed: Feed;
  readonly #assemblers = new Map<string, BarAssembler>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #nowcastTrades = new Map<string, number>();
  #connection: Connection;
  #disconnects = 0;
  #invalidFrames = 0;
  #invalidLogged = -Infinity;

  /** Builds the pipeline; nothing runs before {@linkcode start}. */
  constructor(options: SessionOptions) {
    this.#options = options;
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
    this.#feed = new Feed({
      url: options.wsUrl,
      symbols: options.symbols,
      listener: {
        trade: (trade) => this.#trade(trade),
        connected: () => this.#connected(),
        disconnected: (reason, silent) => this.#disconnected(reason, silent),
        invalid: (reason) => this.#invalid(reason),
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

  get invalidFrames(): number {
    return this.#invalidFrames;
  }

  get clockOffset(): number | null {
    return this.#clock.offset;
  }

  get symbols(): readonly SymbolStatus[] {
    return [...this.#assemblers].map(([symbol, assembler]) => ({
      symbol,
      last_trade_time: assembler.lastTradeTime,
      last_bar: assembler.last?.timestamp ?? null,
      trades: assembler.counts.trades,
      gaps: assembler.counts.gaps,
      missing_trades: assembler.counts.missingTrades,
      duplicates: assembler.counts.duplicates,
      late: assembler.counts.late,
      problem: assembler.problem,
    }));
  }

  /** Resumes from the journal, then goes live. */
  async start(): Promise<void> {
    for (const symbol of this.#options.symbols) {
      await this.#runner.recover(symbol, this.#historyMinutes);
      this.#assemblers.set(symbol, this.#assembler(symbol));
    }
    await this.#syncClock();
    if (this.#closing.signal.aborted) return;
    this.#feed.start();
    this.#every(CLOSE_EVERY_MS, () => {
      for (const assembler of this.#assemblers.values()) assembler.closeDue();
    });
    this.#every(NOWCAST_EVERY_MS, () => this.#nowcast());
    this.#every(SYNC_EVERY_MS, () => void this.#syncClock());
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

  #assembler(symbol: string): BarAssembler {
    const lastTime = this.#journal.lastTime("bar", symbol);
    const [last] = lastTime === undefined ? [] : this.#journal.bars(symbol, lastTime);
    return new BarAssembler({
      symbol,
      source: this.#options.source,
      last,
      historyMinutes: this.#historyMinutes,
      now: () => this.#clock.now(),
      sleep: (ms) => sleep(ms, undefined, { signal: this.#closing.signal }),
      klines: (...range) => this.#rest.klines(...range),
      publish: async (bars) => {
        await this.#journal.appendBars(bars);
        await this.#runner.process(bars);
      },
      fail: this.#options.onFailure,
      log: this.#options.log,
      closing: this.#closing.signal,
    });
  }

  #trade(trade: Trade): void {
    this.#clock.observe(trade.time);
    this.#assemblers.get(trade.symbol)?.trade(trade);
  }

  #connected(): void {
    this.#setConnection("live", `live from ${this.#options.wsUrl}`);
    for (const assembler of this.#assemblers.values()) assembler.connected();
  }

  #disconnected(reason: string, silent: boolean): void {
    this.#disconnects++;
    this.#options.log.warning("the feed was interrupted; trying again", { reason });
    this.#setConnection(silent ? "silent" : "disconnected", `${reason}; trying again`);
    for (const assembler of this.#assemblers.values()) assembler.disconnected();
  }

  #setConnection(state: ConnectionState, message: string): void {
    const since = state === this.#connection.state ? this.#connection.since : Date.now();
    this.#connection = { state, message, since };
    this.#options.onChange();
  }

  /** "Counted, logged once a minute at most". */
  #invalid(reason: string): void {
    this.#invalidFrames++;
    const now = performance.now();
    if (now - this.#invalidLogged < 60_000) return;
    this.#invalidLogged = now;
    const total = this.#invalidFrames;
    this.#options.log.warning("frames of the exchange could not be used", { reason, total });
  }

  #nowcast(): void {
    for (const [symbol, assembler] of this.#assemblers) {
      const { trades } = assembler.counts;
      if (this.#nowcastTrades.get(symbol) === trades) continue;
      const forming = assembler.forming();
      const signal = forming && this.#runner.nowcast(forming);
      if (signal === undefined) continue;
      this.#nowcastTrades.set(symbol, trades);
      this.#options.onNowcast(signal);
    }
  }

  async #syncClock(): Promise<void> {
    try {
      const { serverTime, roundTripMs } = await this.#rest.time();
      this.#clock.measure(serverTime, roundTripMs);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#options.log.debug("cannot measure the exchange's clock", { error: String(error) });
    }
  }
}
