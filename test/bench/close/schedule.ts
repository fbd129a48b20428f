import { MINUTE_MS } from "../../../data/schema/time.ts";

/** A trade of the schedule. */
export interface ScheduledTrade {
  /** Aggregate trade id, also that of its one raw trade. */
  readonly id: number;
  /** ms UTC. */
  readonly time: number;
  readonly price: number;
}

/** Minutes are counted from here, ms UTC. */
const EPOCH = Date.UTC(2024, 0, 1);
/** Trades of every market, ms into each minute. */
const LATER = [12_000, 24_000, 36_000, 48_000, 56_000];
/** Time within which the markets that trade at once have their first trade, ms. */
const FIRST_SECOND_MS = 1000;

/**
 * When the markets of a benchmark trade: the busy ones in the first second of each minute, one after
 * another, the quiet ones not before its twelfth second, so that the clock closes their minutes.
 */
export class Schedule {
  readonly symbols: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #busy: number;

  /**
   * @param count Number of markets.
   * @param busy How many of them trade in the first second.
   */
  constructor(count: number, busy: number) {
    this.symbols = Array.from({ length: count }, (_, i) => `S${String(i).padStart(4, "0")}USDT`);
    this.#indices = new Map(this.symbols.map((symbol, index) => [symbol, index]));
    this.#busy = busy;
  }

  /** Whether a market trades in the first second of each minute. */
  isBusy(symbol: string): boolean {
    return this.#indexOf(symbol) < this.#busy;
  }

  /** The trades of a market in the minute that opens at a time, in order. */
  tradesOf(symbol: string, minute: number): readonly ScheduledTrade[] {
    const index = this.#indexOf(symbol);
    const first = index < this.#busy ? [Math.floor(index / this.#busy * FIRST_SECOND_MS)] : [];
    const number = (minute - EPOCH) / MINUTE_MS;
    return [...first, ...LATER.map((time) => time + index)].map((offset, k, offsets) => ({
      id: number * offsets.length + k,
      time: minute + offset,
      price: Number((100 + 5 * Math.sin(number / 37 + index) + Math.sin(number + k)).toFixed(2)),
    }));
  }

  /** The trades of a market from a time on, to another, exclusive; in order. */
  tradesBetween(symbol: string, from: number, to: number): readonly ScheduledTrade[] {
    const trades: ScheduledTrade[] = [];
    for (let minute = from - from % MINUTE_MS; minute < to; minute += MINUTE_MS) {
      trades.push(
        ...this.tradesOf(symbol, minute).filter(({ time }) => time >= from && time < to),
      );
    }
    return trades;
  }

  /** Open time of the minute that has a trade, by its id. */
  minuteOfId(symbol: string, id: number): number {
    const perMinute = LATER.length + (this.isBusy(symbol) ? 1 : 0);
    return EPOCH + Math.floor(id / perMinute) * MINUTE_MS;
  }

  /** @throws RangeError for a market that the schedule does not have. */
  #indexOf(symbol: string): number {
    const index = this.#indices.get(symbol);
    if (index === undefined) throw new RangeError(`${symbol} is not a market of the schedule`);
    return index;
  }
}
