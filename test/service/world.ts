import { setImmediate } from "node:timers";
import { expect } from "vitest";
import type { Kline } from "../../data/schema/kline.ts";
import type { Bar } from "../../data/schema/bar.ts";
import { MINUTE_MS, minuteOf } from "../../data/schema/time.ts";
import { BarBuilder, emptyBar } from "../../service/ingest/bars/bar_builder.ts";
import { createLog } from "../../service/log.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type { TradeQuery } from "../../service/ingest/trade_line.ts";
import { SymbolPipeline } from "../../service/ingest/symbol_pipeline.ts";

/** The first minute, ms UTC. */
export const START = Date.UTC(2024, 4, 1);
const SILENT = createLog("ERROR", () => {});

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
  /** Its klines and trades lag so far behind, ms. */
  lagMs: number;
  /** Ids that its history of trades lacks. */
  readonly lacks: Set<number>;
  /** Whether a request, by its number, fails. */
  fails: (request: number) => boolean;
}

/** A market whose trades reach a pipeline over a line that a test may cut. */
export class World {
  #now = START;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  #requests = 0;
  readonly #trades: readonly Trade[];
  readonly published: Bar[] = [];
  readonly failures: unknown[] = [];
  readonly pipeline: SymbolPipeline;
  readonly faults: RestFaults = { works: true, lagMs: 0, lacks: new Set(), fails: () => false };
  /** Requests for trades that were answered. */
  pages = 0;

  constructor(trades: readonly Trade[], last?: Bar, longestRepair = 10_000) {
    this.#trades = trades;
    this.pipeline = new SymbolPipeline({
      symbol: "BTCUSDT",
      source: "binance",
      published: last === undefined ? [] : [last],
      historyMinutes: 0,
      longestRepair,
      now: () => this.#now,
      uptime: () => this.#now,
      sleep: (ms) => new Promise((wake) => this.#sleepers.push({ until: this.#now + ms, wake })),
      klines: (_symbol, from, to) => this.#answer(() => this.#klines(from, to)),
      history: (_symbol, query) => this.#answer(() => this.#history(query)),
      publish: (bars) => {
        this.published.push(...bars);
        return Promise.resolve();
      },
      fail: (error) => this.failures.push(error),
      log: SILENT,
      closing: new AbortController().signal,
    });
  }

  get now(): number {
    return this.#now;
  }

  /** What the pipeline has counted. */
  get counts() {
    return this.pipeline.line.counts;
  }

  /** Hands trades over as they arrive. */
  arrive(...trades: readonly Trade[]): void {
    for (const t of trades) this.pipeline.line.trade(t, false);
  }

  /** Trades arrive at their times, but those left out. */
  async play(trades: readonly Trade[], lost: readonly number[] = []): Promise<void> {
    for (const t of trades) {
      await this.advanceTo(t.time);
      if (!lost.includes(t.id)) this.arrive(t);
    }
  }

  /** Lets time go on, at most a second a step; what waits for it is done in its order. */
  async advanceTo(time: number): Promise<readonly Bar[]> {
    await this.#settle();
    for (;;) {
      const step = Math.min(time, this.#now + 1000);
      const due = Math.min(step, ...this.#sleepers.map(({ until }) => until));
      this.#now = Math.max(this.#now, due);
      const awake = this.#sleepers.filter(({ until }) => until <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
      this.pipeline.assembler.closeDue();
      for (const { wake } of awake) wake();
      await this.#settle();
      if (this.#now >= time && awake.length === 0) break;
    }
    expect(this.failures).toEqual([]);
    return this.published;
  }

  /** Resolves when all that can be done at this time is done. */
  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time up to which REST knows the market, ms UTC. */
  get #seen(): number {
    return this.#now - this.faults.lagMs;
  }

  #answer<Answer>(make: () => Answer): Promise<Answer> {
    const fails = !this.faults.works || this.faults.fails(this.#requests++);
    return fails ? Promise.reject(new Error("no answer")) : Promise.resolve(make());
  }

  /** Klines as they stand at the time that REST knows, the forming one included. */
  #klines(from: number, to: number): Kline[] {
    const known = this.#trades.filter(({ time }) => time <= this.#seen);
    return klinesOf(known, from, Math.min(to, minuteOf(this.#seen) + MINUTE_MS));
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
