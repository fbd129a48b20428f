import type { Clock } from "../../data/common/clock.ts";
import type { FeedStatus } from "../../data/schema/status.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { ExchangeClock } from "../exchanges/clock.ts";
import type { Exchange, SocketEnd, StreamSink } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";
import type { ClockSync } from "./clock_sync.ts";
import { ConnectionTracker } from "./connection_tracker.ts";
import type { Market } from "./market.ts";

/** What a feed connects. */
export interface FeedOptions {
  readonly exchange: Exchange;
  /** The source's part of the status. */
  readonly source: Pick<FeedStatus, "source" | "requested">;
  readonly symbols: readonly string[];
  /** By symbol; may be filled later. */
  readonly markets: ReadonlyMap<string, Market>;
  readonly sync: Pick<ClockSync, "problem">;
  readonly exchangeClock: ExchangeClock;
  readonly clock: Clock;
  readonly log: Pick<EventLog, "announce">;
  readonly logger: Log;
}

/** Most markets of a silent socket that the exchange is asked for: those that traded last. */
const MAX_QUESTIONED = 20;
/** Invalid frames are counted, and logged at most this often, ms. */
const INVALID_LOG_INTERVAL_MS = 60_000;

/** Takes what the exchange's streams deliver, routes it to the markets, and reports its state. */
export class Feed implements StreamSink {
  readonly #options: FeedOptions;
  readonly #connection: ConnectionTracker;
  readonly #invalidFrames = new Map<string, number>();
  #invalidLogged = -Infinity;
  #handovers = 0;
  #notice: string | null = null;

  constructor(options: FeedOptions) {
    const { exchange, symbols, clock } = options;
    this.#options = options;
    this.#connection = new ConnectionTracker(exchange.origin, symbols.length, clock);
  }

  get status(): FeedStatus {
    const { exchange, source, markets, exchangeClock, sync } = this.#options;
    const { state, message, since, nextAttempt, disconnects } = this.#connection;
    const advice = state === "disconnected" ? `. ${exchange.advice}` : "";
    const { problem } = sync;
    const symbols = Array.from(
      markets.values(),
      ({ status }) => problem === null ? status : { ...status, problem },
    );
    let invalidFrames = 0;
    for (const frames of this.#invalidFrames.values()) invalidFrames += frames;
    return {
      ...source,
      connection: state,
      message: this.#notice ?? `${message}${advice}`,
      since,
      next_attempt: nextAttempt,
      clock_offset: exchangeClock.offset,
      disconnects,
      handovers: this.#handovers,
      invalid_frames: invalidFrames,
      invalid_frames_by_kind: Object.fromEntries(this.#invalidFrames),
      rest_weight: exchange.rest.usedWeight,
      symbols,
    };
  }

  /** Replaces the message in the status; null restores it. */
  setNotice(notice: string | null): void {
    this.#notice = notice;
    this.announce();
  }

  /** Announces the status. */
  announce(): void {
    this.#options.log.announce({ kind: "feed", status: this.status });
  }

  trade(trade: Trade, overlapping: boolean): void {
    this.#options.exchangeClock.observe(trade.time);
    this.#options.markets.get(trade.symbol)?.trade(trade, overlapping);
  }

  invalid(reason: string): void {
    const { clock, logger } = this.#options;
    this.#invalidFrames.set(reason, (this.#invalidFrames.get(reason) ?? 0) + 1);
    const now = clock.monotonic();
    if (now - this.#invalidLogged < INVALID_LOG_INTERVAL_MS) return;
    this.#invalidLogged = now;
    logger.warning("invalid frames from the exchange", {
      reason,
      total: this.status.invalid_frames,
    });
  }

  connected(symbols: readonly string[]): void {
    const { exchangeClock, logger } = this.#options;
    const { state } = this.#connection;
    this.#connection.connected(symbols);
    if (this.#connection.state === "live" && (state === "disconnected" || state === "silent")) {
      logger.info("the feed is live again");
    }
    if (exchangeClock.measured) this.#begin(symbols);
    this.announce();
  }

  disconnected(symbols: readonly string[], end: SocketEnd): void {
    const { markets, logger } = this.#options;
    logger.warning("the feed is interrupted; reconnecting", { reason: end.reason });
    this.#connection.disconnected(symbols, end);
    for (const symbol of symbols) markets.get(symbol)?.disconnected(`${end.reason}; reconnecting`);
    this.announce();
  }

  handedOver(): void {
    this.#handovers++;
  }

  async missedTrades(symbols: readonly string[], silentMs: number): Promise<boolean> {
    const { markets } = this.#options;
    const latestFirst = symbols.map((symbol) => markets.get(symbol))
      .filter((market) => market !== undefined)
      .toSorted((a, b) => (b.lastTime ?? 0) - (a.lastTime ?? 0));
    for (const market of latestFirst.slice(0, MAX_QUESTIONED)) {
      if (await market.missedTrades(silentMs)) return true;
    }
    return false;
  }

  /** The exchange's time is known: starts the markets that were connected before. */
  begin(): void {
    for (const symbols of this.#connection.up) this.#begin(symbols);
  }

  /** History is requested by the exchange's time; this machine's may be hours off. */
  #begin(symbols: readonly string[]): void {
    for (const symbol of symbols) this.#options.markets.get(symbol)?.connected();
  }
}
