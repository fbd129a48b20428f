import { minuteOf } from "../../data/schema/time.ts";
import type { Clock } from "../../data/common/clock.ts";
import { chunk } from "../../data/common/std/chunk.ts";
import type { FeedStatus } from "../../data/schema/status.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import { ExchangeClock } from "../exchanges/clock.ts";
import type { Exchange } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";
import { throttleFailures } from "../log_throttle.ts";
import { BarAudit } from "./bars/bar_audit.ts";
import { GRACE_MS } from "./bars/kline_fetcher.ts";
import { ClockSync } from "./clock_sync.ts";
import type { IngestContext } from "./context.ts";
import { Feed } from "./feed.ts";
import { HistoryQueue } from "./history_queue.ts";
import { idleLoop } from "./idle_loop.ts";
import { Market } from "./market.ts";
import { MarketWatch } from "./market_watch.ts";
import type { RequestedSource } from "./source_selector.ts";
import { TimeSlices } from "./time_slices.ts";

/** What ingestion works with. */
export interface IngestOptions {
  /** Closed together with the role. */
  readonly exchange: Exchange;
  /** Name of the source in bars and in the status. */
  readonly source: "binance" | "simulator";
  readonly requested: RequestedSource;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  /** Where bars are appended to and resumed from; left open. */
  readonly bus: {
    readonly log: Pick<EventLog, "append" | "room" | "announce" | "listen" | "drained">;
    readonly store: Pick<RecordStore, "bars" | "volumes" | "lastTime" | "firstLive">;
  };
  /** Minutes of history to fetch where the store has no bar. */
  readonly historyMinutes: number;
  readonly clock: Clock;
  readonly logger: Log;
}

/** Most trades of a gap that are fetched one by one, for all symbols together. */
const MAX_BACKFILL = 200_000;
/** The same for one symbol, at least. */
const MIN_BACKFILL = 5000;

/** Sums of amounts are exact up to this number of decimals. */
const MAX_DECIMALS = 8;

const CLOSE_INTERVAL_MS = 100;
const ANNOUNCE_INTERVAL_MS = 1000;
const ANNOUNCE_PARTS = 20;
/** Pages of history that may be on their way to the engine while another is requested. */
const PAGES_AHEAD = 4;
const AUDIT_INTERVAL_MS = 15_000;

/** Ingests the trades of one exchange: from its streams to bars in the event log. */
export class IngestRole {
  /** Rejects when ingestion cannot continue; never resolves. */
  readonly failure: Promise<never>;
  readonly #options: IngestOptions;
  readonly #closing = new AbortController();
  readonly #exchangeClock: ExchangeClock;
  readonly #context: IngestContext;
  readonly #history: HistoryQueue;
  readonly #sync: ClockSync;
  readonly #audit: BarAudit;
  readonly #markets = new Map<string, Market>();
  readonly #feed: Feed;
  readonly #watch: MarketWatch;
  readonly #fail: (error: unknown) => void;
  #stopListening: () => void = () => {};

  /**
   * Assembles the role; nothing runs before {@linkcode start}.
   *
   * @throws RangeError for an exchange whose traits ingestion cannot handle.
   */
  constructor(options: IngestOptions) {
    const { exchange, source, requested, symbols, bus, clock } = options;
    checkTraits(exchange);
    const { promise, reject } = Promise.withResolvers<never>();
    // Whoever runs the role awaits it; after a close nobody does.
    promise.catch(() => {});
    this.failure = promise;
    this.#fail = reject;
    this.#options = options;
    this.#exchangeClock = new ExchangeClock(clock);
    const { signal } = this.#closing;
    // All symbols fail for the same reason at once.
    const logger = throttleFailures(options.logger, () => clock.monotonic());
    const draining: Promise<void>[] = [];
    const history = this.#history = new HistoryQueue(symbols, async () => {
      // Else it piles up between ingestion and the engine, and live bars wait behind it.
      draining.push(bus.log.drained());
      if (draining.length > PAGES_AHEAD) await draining.shift();
      await idleLoop(clock, signal);
    });
    this.#context = { exchange, history, clock: this.#exchangeClock, logger, signal };
    this.#sync = new ClockSync(this.#exchangeClock, exchange.rest, logger, signal);
    this.#audit = new BarAudit({ ...this.#context, logger: options.logger });
    this.#watch = new MarketWatch({
      rest: exchange.rest,
      markets: this.#markets,
      clock: this.#exchangeClock,
      logger,
      signal,
    });
    this.#feed = new Feed({
      exchange,
      source: { source, requested },
      symbols,
      markets: this.#markets,
      sync: this.#sync,
      exchangeClock: this.#exchangeClock,
      clock,
      log: bus.log,
      logger: options.logger,
    });
  }

  /** State of the feed. */
  get status(): FeedStatus {
    return this.#feed.status;
  }

  /**
   * Replaces the message in the status.
   *
   * @param notice For people, e.g. why the simulator runs; null for the state of the connection.
   */
  setNotice(notice: string | null): void {
    this.#feed.setNotice(notice);
  }

  /**
   * Resumes from the store, then connects. Resolves once the exchange has been asked for its time
   * and for the state of the markets.
   *
   * @throws The reason of the close when the role is closed meanwhile.
   */
  async start(): Promise<void> {
    const { exchange, symbols, bus } = this.#options;
    this.#stopListening = bus.log.listen((announcement) => {
      if (announcement.kind === "viewed") this.#history.prefer(announcement.symbols);
    });
    this.#feed.announce();
    const slices = new TimeSlices(this.#options.clock, this.#closing.signal);
    for (const symbol of symbols) {
      this.#markets.set(symbol, this.#createMarket(symbol));
      await slices.next();
    }
    this.#supervise(this.#runMarkets());
    await Promise.all([this.#sync.measure(), this.#watch.look()]);
    if (this.#closing.signal.aborted) return;
    for (const group of chunk(symbols, exchange.traits.symbolsPerSocket)) {
      exchange.stream(group, this.#feed);
    }
    this.#supervise(this.#syncClock());
    this.#supervise(this.#watch.run());
    this.#supervise(this.#closeMinutes());
    this.#supervise(this.#announce());
    this.#supervise(this.#announceForming());
    this.#supervise(this.#auditBars());
  }

  /** Ends ingestion and closes the exchange. What is being appended may still complete. */
  close(): void {
    this.#closing.abort();
    this.#stopListening();
    this.#options.exchange.close();
  }

  /** An error of a loop, unless the role was closed, is the failure of the role. */
  #supervise(loop: Promise<unknown>): void {
    loop.catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#fail(error);
    });
  }

  #createMarket(symbol: string): Market {
    const { source, symbols, bus, historyMinutes } = this.#options;
    return new Market(this.#context, {
      symbol,
      source,
      last: lastBar(bus.store, symbol),
      firstLive: bus.store.firstLive(symbol),
      historyMinutes,
      maxBackfill: Math.max(MIN_BACKFILL, MAX_BACKFILL / symbols.length),
      log: bus.log,
      audit: this.#audit,
    });
  }

  /** Restores one market after the other, so that the first ones publish early. */
  async #runMarkets(): Promise<void> {
    const slices = new TimeSlices(this.#options.clock, this.#closing.signal);
    const running: Promise<void>[] = [];
    let restored = Promise.resolve();
    for (const market of this.#markets.values()) {
      restored = restored.then(() => market.restore(this.#options.bus.store, slices));
      running.push(market.run(restored));
    }
    await Promise.all(running);
  }

  async #syncClock(): Promise<never> {
    for (;;) {
      await this.#sync.wait();
      const first = !this.#exchangeClock.measured;
      await this.#sync.measure();
      if (first && this.#exchangeClock.measured) this.#feed.begin();
    }
  }

  async #closeMinutes(): Promise<never> {
    for (;;) {
      await this.#sleep(CLOSE_INTERVAL_MS);
      if (!this.#exchangeClock.measured) continue;
      const current = minuteOf(this.#exchangeClock.now() - GRACE_MS);
      for (const market of this.#markets.values()) market.closeBefore(current);
    }
  }

  /** Announces the status. */
  async #announce(): Promise<never> {
    for (;;) {
      await this.#sleep(ANNOUNCE_INTERVAL_MS);
      this.#feed.announce();
    }
  }

  /**
   * Announces the forming bars of markets with new trades, spread over the interval: a subscriber to
   * hundreds of markets has no room for all of them at once.
   */
  async #announceForming(): Promise<never> {
    const { clock, bus } = this.#options;
    const markets = [...this.#markets.values()];
    const announced = new Map<Market, number>();
    const begun = clock.monotonic();
    for (let next = 0;;) {
      await this.#sleep(ANNOUNCE_INTERVAL_MS / ANNOUNCE_PARTS);
      const slices = new TimeSlices(clock, this.#closing.signal);
      const elapsed = clock.monotonic() - begun;
      const end = Math.floor(elapsed * markets.length / ANNOUNCE_INTERVAL_MS);
      // After a delay each market is due once.
      for (next = Math.max(next, end - markets.length); next < end; next++) {
        const market = markets[next % markets.length];
        const delivered = market?.stream.delivered;
        if (market === undefined || delivered === undefined) continue;
        const forming = announced.get(market) === delivered ? undefined : market.forming();
        if (forming === undefined) continue;
        announced.set(market, delivered);
        bus.log.announce({ kind: "forming", ...forming });
        await slices.next();
      }
    }
  }

  async #auditBars(): Promise<never> {
    for (;;) {
      await this.#sleep(AUDIT_INTERVAL_MS);
      await this.#audit.round();
    }
  }

  #sleep(ms: number): Promise<void> {
    return this.#options.clock.sleep(ms, this.#closing.signal);
  }
}

function checkTraits({ traits, origin }: Exchange): void {
  if (!traits.contiguousTradeIds) {
    throw new RangeError(
      `Cannot ingest ${origin} as its trade ids must be contiguous: current value is false`,
    );
  }
  if (traits.decimals > MAX_DECIMALS) {
    throw new RangeError(
      `Cannot ingest ${origin} as decimals must be at most ${MAX_DECIMALS}: ` +
        `current value is ${traits.decimals}`,
    );
  }
}

function lastBar(
  store: Pick<RecordStore, "bars" | "lastTime">,
  symbol: string,
): Bar | undefined {
  const time = store.lastTime("bar", symbol);
  if (time === undefined) return undefined;
  const [bar] = store.bars(symbol, time, time);
  return bar;
}
