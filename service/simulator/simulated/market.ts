import { MINUTE_MS } from "../../../data/schema/time.ts";
import { emptyKline, type FoldedKline, foldTrades, printKline } from "../fold.ts";
import type { ExchangeKline, ExchangeTrade, KlineQuery, Market } from "../source.ts";
import { copyTrades, lowerBound, printTrades, type TradeColumns } from "../trade_columns.ts";
import { blockOf, type LatentBlock, LatentHistory } from "./latent_history.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import { LruCache } from "./lru_cache.ts";
import { EPOCH_MINUTE, seasonAt, seasonOfId } from "./seasons.ts";
import { tradeCount, TradeGenerator } from "./trades.ts";

/** Minutes whose trades are cached, about 40 bytes a trade. */
const CACHED_MINUTES = 4;

/** Blocks of hours that are cached, 18 KB each: the present one, and those of one answer. */
const CACHED_BLOCKS = 5;

/** One simulated market: a function of seed, symbol and exchange time, from 2025-01-01 UTC on. */
export class SimulatedMarket implements Market {
  readonly instrument: SimulatedInstrument;
  readonly #latent: LatentHistory;
  readonly #generator: TradeGenerator;
  readonly #blocks = new LruCache<number, LatentBlock>(CACHED_BLOCKS);
  readonly #minutes = new LruCache<number, TradeColumns>(CACHED_MINUTES);

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.instrument = instrument;
    this.#latent = new LatentHistory(instrument, seed);
    this.#generator = new TradeGenerator(instrument, seed);
  }

  // A position is an id: from one season to the next both jump.

  seek(time: number): number {
    const minute = Math.floor(time / MINUTE_MS);
    if (minute < EPOCH_MINUTE) return 0;
    const { time: times } = this.#trades(minute);
    return this.#firstTrade(minute) + lowerBound(times, time, 0, times.length);
  }

  find(id: number): number {
    return this.#latent.find(id);
  }

  count(from: number, to: number): number {
    let trades = 0;
    let start = from;
    for (let season = seasonOfId(from); season.index < seasonOfId(to).index;) {
      trades += Math.max(0, this.#latent.endOfSeason(start) - start);
      season = seasonAt(season.index + 1);
      start = season.firstId;
    }
    return trades + Math.max(0, to - start);
  }

  trades(from: number, to: number): ExchangeTrade[] {
    const runs: ExchangeTrade[][] = [];
    for (let next = from < to ? this.find(from) : to; next < to;) {
      const minute = this.#minuteOfTrade(next);
      const columns = this.#trades(minute);
      const start = this.#firstTrade(minute);
      const end = Math.min(to - start, columns.time.length);
      runs.push(printTrades(columns, next - start, end, this.instrument, (i) => start + i));
      next = start + end;
      if (next < to) next = this.find(next);
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

  #block(minute: number): LatentBlock {
    return this.#blockAt(blockOf(minute));
  }

  #blockAt(index: number): LatentBlock {
    return this.#blocks.get(index, () => this.#latent.block(index));
  }

  #firstTrade(minute: number): number {
    const block = this.#block(minute);
    return block.tradeId[minute - block.minute] ?? NaN;
  }

  #minuteOfTrade(id: number): number {
    const block = this.#blockAt(this.#latent.blockOfTrade(id));
    // The last minute that begins at or before the trade: earlier ones may have no trades.
    return block.minute + lowerBound(block.tradeId, id + 1, 0, block.tradeId.length) - 1;
  }

  #trades(minute: number): TradeColumns {
    return this.#minutes.get(minute, () => {
      const block = this.#block(minute);
      const index = minute - block.minute;
      return copyTrades(this.#generator.generate(block, index), 0, tradeCount(block, index));
    });
  }

  #kline(minute: number): FoldedKline {
    const block = this.#block(minute);
    const index = minute - block.minute;
    const count = tradeCount(block, index);
    return count > 0
      ? foldTrades(this.#generator.generate(block, index), 0, count)
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
    return Math.round(this.#block(minute).price[0] ?? NaN);
  }
}
