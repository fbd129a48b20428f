import { MINUTE_MS, minuteOf } from "../../data/schema/time.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { BarSource } from "../../data/schema/origin.ts";
import type { FormingBar } from "../../data/schema/announcement.ts";
import type { MarketState, SymbolStatus } from "../../data/schema/status.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Listing } from "../exchanges/exchange.ts";
import { BarAggregator } from "./bars/bar_aggregator.ts";
import type { BarAudit } from "./bars/bar_audit.ts";
import { BarPublisher } from "./bars/bar_publisher.ts";
import { Vpin, vpinHistoryStart } from "./bars/microstructure/vpin.ts";
import { MinuteQueue } from "./bars/minute_queue.ts";
import type { IngestContext } from "./context.ts";
import { Gate } from "./gate.ts";
import type { TimeSlices } from "./time_slices.ts";
import { TradeStream } from "./trade_stream.ts";

/** One market and where its bars go. */
export interface MarketOptions {
  readonly symbol: string;
  readonly source: BarSource;
  /** The last bar that is already in the log. */
  readonly last: Bar | undefined;
  /** The first minute that the log ever had live, ms UTC; undefined before there was one. */
  readonly firstLive: number | undefined;
  /** Minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Most trades to fetch one by one; a longer gap is left to klines. */
  readonly maxBackfill: number;
  readonly log: Pick<EventLog, "append" | "room">;
  readonly audit: BarAudit;
}

/** History is read in parts, so that reading one takes less than a time slice, ms. */
const PART_MS = 12 * 60 * MINUTE_MS;

/** One symbol's way from trades as they arrive to bars in the log. */
export class Market {
  /** The symbol, upper case. */
  readonly symbol: string;
  readonly stream: TradeStream;
  readonly #context: IngestContext;
  readonly #options: MarketOptions;
  readonly #aggregator: BarAggregator;
  readonly #publisher: BarPublisher;
  readonly #vpin = new Vpin();
  /** Closed while the exchange has nothing of the market: requests would fail again and again. */
  readonly #listed = new Gate();
  #state: MarketState | null = null;
  /** Exchange time at which the market was last found unlisted, ms UTC. */
  #unlistedAt = NaN;
  /** Exchange time of the connection, ms UTC; undefined while there is none. */
  #connectedAt: number | undefined;
  /** Why there is no connection, for people. */
  #interruption: string | null = null;

  constructor(fullContext: IngestContext, options: MarketOptions) {
    const context = this.#context = whileListed(fullContext, this.#listed);
    this.symbol = options.symbol;
    const { symbol, source, last, firstLive, historyMinutes, maxBackfill, log, audit } = options;
    const minutes = new MinuteQueue();
    const aggregator = new BarAggregator(symbol, source, minutes);
    // As long as nothing was live, all up to the first connection is history.
    const from = firstLive === undefined ? undefined : last && last.timestamp + MINUTE_MS;
    const stream = new TradeStream(context, { symbol, aggregator, from, maxBackfill });
    this.#options = options;
    this.#aggregator = aggregator;
    this.stream = stream;
    this.#publisher = new BarPublisher(context, {
      symbol,
      source,
      minutes,
      stream,
      log,
      audit,
      last,
      firstLive,
      historyMinutes,
      vpin: this.#vpin,
    });
  }

  /** Reads the bars that VPIN depends on; {@linkcode run} must follow. */
  async restore(store: Pick<RecordStore, "volumes">, slices: TimeSlices): Promise<void> {
    const { symbol, last } = this.#options;
    if (last === undefined) return;
    for (let from = vpinHistoryStart(last.timestamp); from <= last.timestamp; from += PART_MS) {
      const to = Math.min(from + PART_MS - 1, last.timestamp);
      for (const bar of store.volumes(symbol, from, to)) this.#vpin.push(bar);
      await slices.next();
    }
  }

  /**
   * Runs the market.
   *
   * @param restored When {@linkcode restore} is done; until then bars wait.
   */
  async run(restored: Promise<void>): Promise<void> {
    await Promise.all([this.stream.run(), restored.then(() => this.#publisher.run())]);
  }

  /** There is a socket, and the exchange's time is known: the clock may close minutes. */
  connected(): void {
    this.#connectedAt = this.#context.clock.now();
    this.#interruption = null;
    this.stream.begin();
  }

  /**
   * There is no socket: minutes wait until it is known what happened in them.
   *
   * @param reason For people.
   */
  disconnected(reason: string): void {
    this.#connectedAt = undefined;
    this.#interruption = reason;
  }

  /** Takes a trade as it arrives; see {@linkcode TradeStream.trade}. */
  trade(trade: Trade, overlapping: boolean): void {
    if (this.#state !== "trading") this.#resume();
    this.stream.trade(trade, overlapping);
  }

  /** A trade shows that the market trades. */
  #resume(): void {
    if (this.#isStopped) this.#context.logger.info("the market trades", { symbol: this.symbol });
    this.update("trading", "trading");
  }

  /**
   * Takes what is known of the market's trading: the clock closes no minutes of a market that does
   * not trade, and what the exchange does not list is not asked for.
   */
  update(state: MarketState, listing: Listing): void {
    if (state === "unlisted") this.#unlistedAt = this.#context.clock.now();
    if (state === "unlisted" || listing === "unknown") {
      this.#listed.close();
    } else {
      this.#listed.open();
      if (this.#state === "unlisted") this.stream.beginAt(minuteOf(this.#unlistedAt));
    }
    this.#state = state;
    if (state === "trading") this.#aggregator.resume();
    else this.#aggregator.pause();
  }

  /** Whether the market trades; null while it is not known. */
  get state(): MarketState | null {
    return this.#state;
  }

  /** Whether there is a bar of the market. */
  get hasBars(): boolean {
    return this.#publisher.published !== undefined;
  }

  /** Exchange time of the last trade that is known, ms UTC; null when none is. */
  get lastTime(): number | null {
    return this.stream.lastTime;
  }

  /** Time for which there has been a connection without a trade, ms. */
  get quietMs(): number {
    const { clock } = this.#context;
    const since = Math.max(this.#connectedAt ?? Infinity, this.stream.lastTime ?? -Infinity);
    return Math.max(0, clock.now() - since);
  }

  /**
   * Whether the exchange's history has a trade of the last `ms` that did not arrive.
   *
   * @throws Error when the exchange does not answer.
   */
  async missedTrades(ms: number): Promise<boolean> {
    if (this.#isStopped) return false;
    const since = this.#context.clock.now() - ms;
    const [latest] = await this.#context.exchange.rest.aggTrades(this.symbol, { limit: 1 });
    return latest !== undefined && latest.time > since && latest.id > this.stream.highestArrived;
  }

  /** Closes the minutes before one (open time, ms UTC). */
  closeBefore(minute: number): void {
    if (this.#connectedAt !== undefined) this.#aggregator.closeBefore(minute);
  }

  /**
   * The bar of the current minute so far, once all bars before it are published; while the history
   * before it is loaded at a start, this is noted.
   */
  forming(): FormingBar | undefined {
    const { next, caughtUp } = this.#publisher;
    const bar = this.#aggregator.forming;
    if (bar === undefined) return undefined;
    if (bar.timestamp === next) return { bar };
    return caughtUp ? undefined : { bar, loading: true };
  }

  /** State of the market's feed. */
  get status(): SymbolStatus {
    const { symbol, audit } = this.#options;
    const { counts, lastTime, delivered, repaired, rawIdBreaks } = this.stream;
    const { audited, mismatches } = audit.counts(symbol);
    const loading = this.#connectedAt === undefined ? null : this.#publisher.loading;
    return {
      symbol,
      last_trade_time: lastTime,
      last_bar: this.#publisher.published ?? null,
      market: this.#state,
      loading: this.#state === "unlisted" ? null : loading,
      trades: delivered,
      gaps: counts.gaps,
      repaired_trades: repaired,
      missing_trades: counts.missing,
      held: counts.held,
      duplicates: counts.duplicates,
      overlapped: counts.overlapped,
      raw_id_breaks: rawIdBreaks,
      late: this.#aggregator.late,
      audited_bars: audited,
      mismatched_bars: mismatches,
      problem: this.#interruption ?? (this.#isStopped ? null : this.#delay),
    };
  }

  /** Why bars are delayed, for people; null while they are not. */
  get #delay(): string | null {
    const problem = this.stream.problem ?? this.#publisher.problem;
    if (problem !== null || this.#connectedAt === undefined) return problem;
    const { overdue } = this.#publisher;
    return overdue !== null && this.#state === null
      ? `${overdue}; whether the market trades is not known`
      : overdue;
  }

  /** Whether it is known that the market does not trade. */
  get #isStopped(): boolean {
    return this.#state !== null && this.#state !== "trading";
  }
}

/**
 * A context whose requests for a market's history wait at a gate: those of the past before they take
 * their turn, which others wait for.
 */
function whileListed(context: IngestContext, gate: Gate): IngestContext {
  const { exchange: { rest, traits }, history, signal } = context;
  const pass = async <T>(request: () => Promise<T>): Promise<T> => {
    await gate.pass(signal);
    return await request();
  };
  return {
    ...context,
    exchange: {
      traits,
      rest: {
        klines: (symbol, from, to, purpose) => {
          const request = () => rest.klines(symbol, from, to, purpose);
          return purpose === "repair" ? pass(request) : request();
        },
        aggTrades: (...query) => pass(() => rest.aggTrades(...query)),
      },
    },
    history: { run: (symbol, request) => pass(() => history.run(symbol, request)) },
  };
}
