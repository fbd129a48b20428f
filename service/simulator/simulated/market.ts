import { MINUTE_MS } from "../../../data/schema/time.ts";
import { emptyKline, type FoldedKline, foldTrades, printKline } from "../fold.ts";
import type { ExchangeKline, ExchangeTrade, KlineQuery, Market } from "../source.ts";
import { copyTrades, lowerBound, printTrades, type TradeColumns } from "../trade_columns.ts";
import { EPOCH_MINUTE } from "./epoch.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import { dayOf, type LatentDay, LatentDays } from "./latent_days.ts";
import { LruCache } from "./lru_cache.ts";
import { tradeCount, TradeGenerator } from "./trades.ts";

/** Minutes whose trades are cached, about 40 bytes a trade. */
const CACHED_MINUTES = 4;

/** Days that are cached, 48 KB each: the present one, and that of an answer. */
const CACHED_DAYS = 2;

/** One simulated market: a function of seed, symbol and exchange time, from 2025-01-01 UTC on. */
export class SimulatedMarket implements Market {
  readonly instrument: SimulatedInstrument;
  readonly #latent: LatentDays;
  readonly #generator: TradeGenerator;
  readonly #days = new LruCache<number, LatentDay>(CACHED_DAYS);
  readonly #minutes = new LruCache<number, TradeColumns>(CACHED_MINUTES);

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.instrument = instrument;
    this.#latent = new LatentDays(instrument, seed);
    this.#generator = new TradeGenerator(instrument, seed);
  }

  // A position is an id: they begin at 0 and have no holes.

  seek(time: number): number {
    const minute = Math.floor(time / MINUTE_MS);
    if (minute < EPOCH_MINUTE) return 0;
    const { time: times } = this.#trades(minute);
    return this.#firstTrade(minute) + lowerBound(times, time, 0, times.length);
  }

  find(id: number): number {
    return Math.max(0, id);
  }

  count(from: number, to: number): number {
    return Math.max(0, to - from);
  }

  trades(from: number, to: number): ExchangeTrade[] {
    const runs: ExchangeTrade[][] = [];
    for (let next = from; next < to;) {
      const minute = this.#minuteOfTrade(next);
      const columns = this.#trades(minute);
      const start = this.#firstTrade(minute);
      const end = Math.min(to - start, columns.time.length);
      runs.push(printTrades(columns, next - start, end, this.instrument, (i) => start + i));
      next = start + end;
    }
    return runs.flat();
  }

  klines({ from, to, now, limit, keep }: KlineQuery): ExchangeKline[] {
    const first = Math.max(Math.ceil(from / MINUTE_MS), EPOCH_MINUTE);
    const last = Math.floor(Math.min(to, now) / MINUTE_MS);
    const start = keep === "oldest" ? first : Math.max(first, last - limit + 1);
    const end = Math.min(last, start + limit - 1);
    const klines: ExchangeKline[] = [];
    for (let minute = start; minute <= end; minute++) {
      const openTime = minute * MINUTE_MS;
      const kline = openTime + MINUTE_MS <= now ? this.#kline(minute) : this.#forming(minute, now);
      klines.push(printKline(kline, openTime, this.instrument));
    }
    return klines;
  }

  #day(minute: number): LatentDay {
    return this.#dayAt(dayOf(minute));
  }

  #dayAt(index: number): LatentDay {
    return this.#days.get(index, () => this.#latent.day(index));
  }

  #firstTrade(minute: number): number {
    const day = this.#day(minute);
    return day.tradeId[minute - day.minute] ?? NaN;
  }

  #minuteOfTrade(id: number): number {
    const day = this.#dayAt(this.#latent.dayOfTrade(id));
    // The last minute that begins at or before the trade: earlier ones may have no trades.
    return day.minute + lowerBound(day.tradeId, id + 1, 0, day.tradeId.length) - 1;
  }

  #trades(minute: number): TradeColumns {
    return this.#minutes.get(minute, () => {
      const day = this.#day(minute);
      const index = minute - day.minute;
      return copyTrades(this.#generator.generate(day, index), 0, tradeCount(day, index));
    });
  }

  #kline(minute: number): FoldedKline {
    const day = this.#day(minute);
    const index = minute - day.minute;
    const count = tradeCount(day, index);
    return count > 0
      ? foldTrades(this.#generator.generate(day, index), 0, count)
      : emptyKline(this.#closeBefore(minute));
  }

  #forming(minute: number, now: number): FoldedKline {
    const columns = this.#trades(minute);
    const count = lowerBound(columns.time, now + 1, 0, columns.time.length);
    return count > 0 ? foldTrades(columns, 0, count) : emptyKline(this.#closeBefore(minute));
  }

  /** Close of the last minute with trades; before the first trade, the initial price. */
  #closeBefore(minute: number): number {
    if (minute > EPOCH_MINUTE) return this.#kline(minute - 1).close;
    return Math.round(this.#day(minute).price[0] ?? NaN);
  }
}
