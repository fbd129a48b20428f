import { MINUTE_MS } from "../../data/schema/time.ts";
import type { ExchangeKline, ExchangeTrade, Instrument, KlineQuery, Market } from "./source.ts";

/** A time in which a market does not trade: exchange times, ms UTC, whole minutes. */
export interface Stop {
  /** -Infinity for a market that has not begun. */
  readonly from: number;
  /** Exclusive; Infinity for one that has ended. */
  readonly to: number;
}

/** Trades of a market that never happened, because it was stopped. */
interface Removed {
  /** Position of the first one in the market without stops. */
  readonly first: number;
  /** The positions that they would have taken; Infinity while the stop lasts. */
  readonly count: number;
  /** Id of the first one. */
  readonly firstId: number;
  /** How many ids and raw trade ids they would have taken; 0 while the stop lasts. */
  readonly ids: number;
  readonly rawIds: number;
}

/** Positions of the market without stops, and how much lower the ids are that its trades have here. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly ids: number;
  readonly rawIds: number;
}

/**
 * A market that does not trade at times. Its trades of these times never happened: those after them
 * have the ids that follow, and there are no klines.
 */
export class StoppedMarket implements Market {
  readonly instrument: Instrument;
  readonly #market: Market;
  readonly #stops: (until: number) => readonly Stop[];
  /** What the stops that are over have removed. */
  readonly #past = new Map<number, Removed>();
  /** The latest time that was asked for, ms UTC: what comes later is not worked out. */
  #horizon = -Infinity;

  /** @param stops The stops that begin before a time, in order, none overlapping another. */
  constructor(market: Market, stops: (until: number) => readonly Stop[]) {
    this.instrument = market.instrument;
    this.#market = market;
    this.#stops = stops;
  }

  seek(time: number): number {
    this.#horizon = Math.max(this.#horizon, time);
    return this.#positionOf(this.#market.seek(time));
  }

  find(id: number): number {
    let shift = 0;
    for (const { firstId, ids } of this.#removed()) {
      if (id + shift < firstId) break;
      shift += ids;
    }
    return this.#positionOf(this.#market.find(id + shift));
  }

  count(from: number, to: number): number {
    return this.#runs(from, to).reduce((sum, run) => sum + this.#market.count(run.from, run.to), 0);
  }

  trades(from: number, to: number): ExchangeTrade[] {
    return this.#runs(from, to).flatMap(({ ids, rawIds, ...run }) =>
      this.#market.trades(run.from, run.to).map((trade) => ({
        ...trade,
        id: trade.id - ids,
        firstTradeId: trade.firstTradeId - rawIds,
        lastTradeId: trade.lastTradeId - rawIds,
      }))
    );
  }

  /** The positions of the market without stops of a range of positions, and what its ids are less. */
  #runs(from: number, to: number): readonly Run[] {
    const runs: Run[] = [];
    let [shift, ids, rawIds, start] = [0, 0, 0, from];
    for (const removed of [...this.#removed(), undefined]) {
      const end = Math.min(to, (removed?.first ?? Infinity) - shift);
      if (end > start) {
        runs.push({ from: start + shift, to: end + shift, ids, rawIds });
        start = end;
      }
      shift += removed?.count ?? 0;
      ids += removed?.ids ?? 0;
      rawIds += removed?.rawIds ?? 0;
    }
    return runs;
  }

  klines(query: KlineQuery): ExchangeKline[] {
    const { from, to, now, limit, keep } = query;
    this.#horizon = Math.max(this.#horizon, now);
    const stops = this.#stops(this.#horizon);
    const ends = [from, ...stops.map((stop) => stop.to)];
    const parts = ends.map((start, i) => ({
      from: Math.max(start, from),
      to: Math.min(to, (stops[i]?.from ?? Infinity) - 1),
    })).filter((part) => part.from <= part.to);
    const klines: ExchangeKline[][] = [];
    let left = limit;
    for (const part of keep === "oldest" ? parts : parts.reverse()) {
      if (left <= 0) break;
      const found = this.#market.klines({ ...part, now, limit: left, keep });
      left -= found.length;
      klines.push(found);
    }
    if (keep === "newest") klines.reverse();
    return klines.flat().map((kline) => this.#priced(kline));
  }

  /** A kline without a trade shows the last price that there was. */
  #priced(kline: ExchangeKline): ExchangeKline {
    const [first] = this.#stops(kline.openTime);
    if (kline.trades > 0 || Number(kline.volume) > 0 || first === undefined) return kline;
    const position = this.seek(kline.openTime);
    const price = this.trades(position - 1, position)[0]?.price ?? kline.open;
    return { ...kline, open: price, high: price, low: price, close: price };
  }

  /** The position, without the removed trades, of one with them. */
  #positionOf(position: number): number {
    return this.#removed().reduce(
      (left, { first, count }) => left - Math.max(0, Math.min(count, position - first)),
      position,
    );
  }

  /** What is removed up to the horizon, in order. */
  #removed(): readonly Removed[] {
    return this.#stops(this.#horizon).map((stop) => {
      const known = this.#past.get(stop.to);
      if (known !== undefined) return known;
      const removed = this.#remove(stop);
      if (stop.to <= this.#horizon) this.#past.set(stop.to, removed);
      return removed;
    });
  }

  #remove({ from, to }: Stop): Removed {
    const first = from === -Infinity ? 0 : this.#market.seek(from);
    const at = (position: number) => this.#market.trades(position, position + 1)[0];
    const firstId = at(first)?.id ?? Infinity;
    if (to > this.#horizon) return { first, count: Infinity, firstId, ids: 0, rawIds: 0 };
    const end = this.#market.seek(to);
    const [removed, next] = [at(first), at(end)];
    const ids = (next?.id ?? firstId) - firstId;
    const rawIds = (next?.firstTradeId ?? 0) - (removed?.firstTradeId ?? 0);
    return { first, count: end - first, firstId, ids, rawIds: next === undefined ? 0 : rawIds };
  }
}

/** The minutes that a time span touches. */
export function wholeMinutes({ from, to }: Stop): Stop {
  return {
    from: Math.floor(from / MINUTE_MS) * MINUTE_MS,
    to: Math.ceil(to / MINUTE_MS) * MINUTE_MS,
  };
}
