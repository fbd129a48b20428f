import type { Kline } from "../../data/schema/kline.ts";
import { MINUTE_MS, minuteOf } from "../../data/schema/time.ts";
import { expect } from "vitest";
import type { Clock } from "../../data/common/clock.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { SymbolStatus } from "../../data/schema/status.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type {
  Exchange,
  ExchangeRest,
  ExchangeTraits,
  Listing,
  TradeQuery,
} from "../../service/exchanges/exchange.ts";
import { BarAudit } from "../../service/ingest/bars/bar_audit.ts";
import { BarBuilder, emptyBar } from "../../service/ingest/bars/bar_builder.ts";
import { GRACE_MS } from "../../service/ingest/bars/kline_fetcher.ts";
import type { IngestContext } from "../../service/ingest/context.ts";
import { Market } from "../../service/ingest/market.ts";
import { MarketWatch } from "../../service/ingest/market_watch.ts";
import { createLog, type Log } from "../../service/log.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

/** The first minute, ms UTC. */
export const START = Date.UTC(2024, 4, 1);
const SILENT = createLog("ERROR", () => {});

/** Traits of the exchange in tests: those of Binance. */
export const TRAITS: ExchangeTraits = {
  contiguousTradeIds: true,
  decimals: 8,
  symbolsPerSocket: 128,
  socketLifetimeMs: 24 * 3_600_000,
  overlapMs: 5000,
  silenceMs: 60_000,
  tradesPerPage: 1000,
  klinesPerPage: 1000,
};

/** What a test sets of a context. */
export interface ContextOptions {
  /** Requests that are answered; all others fail. */
  readonly rest: Partial<ExchangeRest>;
  readonly clock: Clock;
  readonly logger?: Log;
  readonly signal?: AbortSignal;
}

/** A context for a part of ingestion, with the whole of the exchange's REST interface. */
export function contextWith(
  { rest, clock, logger = SILENT, signal = new AbortController().signal }: ContextOptions,
): IngestContext & { readonly exchange: Pick<Exchange, "rest" | "traits"> } {
  const fail = () => Promise.reject(new Error("no answer"));
  return {
    exchange: {
      traits: TRAITS,
      rest: {
        ...{ usedWeight: 0, time: fail, klines: fail, aggTrades: fail },
        ...{ listings: fail, names: fail },
        ...rest,
      },
    },
    history: { run: (_symbol, request) => request("history") },
    clock,
    logger,
    signal,
  };
}

/** A trade; every third one was the seller's. */
export function trade(id: number, time: number, price = 100, quantity = 1): Trade {
  return {
    symbol: "BTCUSDT",
    id,
    price,
    quantity,
    firstTradeId: id,
    lastTradeId: id,
    time,
    buyerIsMaker: id % 3 === 0,
  };
}

/** The exchange's own klines of a market, computed straight from all of its trades. */
export function klinesOf(trades: readonly Trade[], from: number, to: number): Kline[] {
  const klines: Kline[] = [];
  let close = trades[0]?.price ?? 100;
  for (let minute = minuteOf(trades[0]?.time ?? from); minute < to; minute += MINUTE_MS) {
    const builder = new BarBuilder("BTCUSDT", "binance", minute);
    for (const t of trades) if (minuteOf(t.time) === minute) builder.add(t);
    const bar = builder.trades > 0
      ? builder.build("trades")
      : emptyBar("BTCUSDT", "binance", minute, close);
    close = bar.close;
    const { open, high, low, volume, quote_volume = 0, num_trades = 0, taker_buy_volume = 0 } = bar;
    if (minute < from) continue;
    klines.push({
      ...{ open_time: minute, open, high, low, close, volume },
      ...{ quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume: 0 },
    });
  }
  return klines;
}

/** What of an exchange's REST interface works. */
export interface RestFaults {
  /** Whether it answers at all. */
  works: boolean;
  /** Its klines and trades lag by this much, ms. */
  lagMs: number;
  /** Ids that its history of trades lacks. */
  readonly lacks: Set<number>;
  /** Whether a request, by its number, fails. */
  fails: (request: number) => boolean;
  /** What it says of the market; of one that is unknown it has nothing. */
  listing: Listing;
  /** Whether it has no kline of a minute (open time, ms UTC). */
  lacksMinute: (minute: number) => boolean;
}

/** A market whose trades arrive over a connection that a test may interrupt, in virtual time. */
export class World {
  readonly #clock = new VirtualClock(START);
  readonly #trades: readonly Trade[];
  #requests = 0;
  #failure: unknown;
  readonly published: Bar[] = [];
  readonly market: Market;
  readonly watch: MarketWatch;
  readonly faults: RestFaults = {
    ...{ works: true, lagMs: 0, lacks: new Set(), fails: () => false },
    ...{ listing: "trading", lacksMinute: () => false },
  };
  /** Requests for trades that were answered. */
  pages = 0;
  /** Requests for the state of the market. */
  questions = 0;
  /** Messages of the log. */
  readonly messages: string[] = [];

  /** The exchange's klines of a time, as they are now. */
  klines(from: number, to: number): readonly Kline[] {
    return this.#klines(from, to);
  }

  constructor(
    trades: readonly Trade[],
    last?: Bar,
    maxBackfill = 10_000,
    past: { readonly historyMinutes: number; readonly firstLive: number | undefined } = {
      historyMinutes: 0,
      firstLive: last?.timestamp,
    },
  ) {
    this.#trades = trades;
    const context = contextWith({
      rest: {
        klines: (_symbol, from, to) => this.#answer(() => this.#klines(from, to)),
        aggTrades: (_symbol, query) => this.#answer(() => this.#history(query)),
        listings: (symbols) => {
          this.questions++;
          if (!this.faults.works) return Promise.reject(new Error("no answer"));
          return Promise.resolve(new Map(symbols.map((symbol) => [symbol, this.faults.listing])));
        },
        names: () => Promise.resolve(["BTCUSDC", "ETHUSDT"]),
      },
      clock: this.#clock,
      logger: createLog("INFO", (line) => this.messages.push(line)),
    });
    this.market = new Market(context, {
      symbol: "BTCUSDT",
      source: "binance",
      last,
      ...past,
      maxBackfill,
      log: {
        room: () => Promise.resolve(),
        append: (records) => {
          for (const { kind, record } of records) if (kind === "bar") this.published.push(record);
          return Promise.resolve();
        },
      },
      audit: new BarAudit(context),
    });
    const { exchange: { rest }, clock, logger, signal } = context;
    const markets = new Map([["BTCUSDT", this.market]]);
    this.watch = new MarketWatch({ rest, markets, clock, logger, signal });
    this.market.run(Promise.resolve()).catch((error: unknown) => this.#failure = error);
  }

  /** The exchange's time, ms UTC. */
  get now(): number {
    return this.#clock.now();
  }

  get status(): SymbolStatus {
    return this.market.status;
  }

  /** Delivers trades as they arrive. */
  arrive(...trades: readonly Trade[]): void {
    for (const t of trades) this.market.trade(t, false);
  }

  /** Trades arrive at their times, except for those lost. */
  async play(trades: readonly Trade[], lost: readonly number[] = []): Promise<void> {
    for (const t of trades) {
      await this.advanceTo(t.time);
      if (!lost.includes(t.id)) this.arrive(t);
    }
  }

  /** Lets time pass; once a second the clock closes the minutes that are over, and the watch looks. */
  async advanceTo(time: number): Promise<readonly Bar[]> {
    do {
      await this.#clock.advance(Math.max(0, Math.min(time - this.now, 1000)));
      await this.watch.look();
      this.market.closeBefore(minuteOf(this.now - GRACE_MS));
      await this.#clock.advance(0);
    } while (this.now < time);
    expect(this.#failure).toBeUndefined();
    return this.published;
  }

  /** Time up to which REST knows the market, ms UTC. */
  get #seen(): number {
    return this.now - this.faults.lagMs;
  }

  #answer<Answer>(make: () => Answer): Promise<Answer> {
    if (this.faults.listing === "unknown") return Promise.reject(new Error("Invalid symbol."));
    const fails = !this.faults.works || this.faults.fails(this.#requests++);
    return fails ? Promise.reject(new Error("no answer")) : Promise.resolve(make());
  }

  /** Klines as they are at the time that REST knows, the forming one included. */
  #klines(from: number, to: number): Kline[] {
    const known = this.#trades.filter(({ time }) => time <= this.#seen);
    return klinesOf(known, from, Math.min(to, minuteOf(this.#seen) + MINUTE_MS))
      .filter(({ open_time }) => !this.faults.lacksMinute(open_time));
  }

  #history({ fromId, startTime, limit }: TradeQuery): readonly Trade[] {
    this.pages++;
    const known = this.#trades.filter(({ id, time }) =>
      time <= this.#seen && !this.faults.lacks.has(id)
    );
    if (fromId !== undefined) return known.filter(({ id }) => id >= fromId).slice(0, limit);
    if (startTime === undefined) return known.slice(-limit);
    return known.filter(({ time }) => time >= startTime).slice(0, limit);
  }
}

/** A time in a minute after the first, ms UTC. */
export const at = (minute: number, second: number) => START + minute * MINUTE_MS + second * 1000;

/** Trades six seconds apart, from the first second on. */
export function tradesInRow(count: number): Trade[] {
  return Array.from({ length: count }, (_, i) => trade(i, at(0, i * 6), 100 + i));
}
