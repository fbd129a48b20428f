import type { Trade } from "../../data/schema/trade.ts";
import type { RawIdCheck } from "./raw_ids.ts";

/** What a {@linkcode Sequencer} did with a trade. */
export type Verdict =
  /** It was the next one; it is delivered, and so are those that waited for it. */
  | "delivered"
  /** Its id was delivered before, or is held already. */
  | "duplicate"
  /** Ids before it are missing; it is held until they arrive. */
  | "held"
  /** Ids before it are missing and too many trades are held; it is dropped, and now missing too. */
  | "dropped";

/** Missing ids between the last trade delivered and the first one held. */
export interface Gap {
  /** First missing id. */
  readonly from: number;
  /** Last missing id. */
  readonly to: number;
}

/** Takes the trades of one symbol in the order of their ids. */
export interface TradeSink {
  /** @param repaired Whether the trade came from the exchange's history. */
  trade(trade: Trade, repaired: boolean): void;
}

/**
 * Puts the trades of one symbol into the order of their ids and delivers none behind a gap.
 *
 * The exchange's rules that it relies on (web-socket-streams.md, rest-api.md):
 *
 * 1. The aggregate trade id `a` grows by one with each aggregate trade of a symbol.
 * 2. An aggregate trade has the same id and fields on every connection and over REST.
 *
 * So an id seen before is a duplicate, and an id beyond the next one means that those between are
 * delayed or lost.
 */
export class Sequencer {
  readonly #capacity: number;
  readonly #sink: TradeSink;
  readonly #rawIds: Pick<RawIdCheck, "add">;
  readonly #held = new Map<number, Trade>();
  #next: number | undefined;
  #lowestHeld = Infinity;
  #highestSeen = -Infinity;
  #generation = 0;
  #delivered = 0;
  #repaired = 0;
  #lastTime: number | null = null;

  /**
   * @param capacity Most trades to hold behind a gap.
   * @param sink Takes the trades in order.
   * @param rawIds Checks the raw ids behind the trades, in the same order.
   */
  constructor(capacity: number, sink: TradeSink, rawIds: Pick<RawIdCheck, "add">) {
    this.#capacity = capacity;
    this.#sink = sink;
    this.#rawIds = rawIds;
  }

  /** Id of the next trade to deliver; undefined before {@linkcode start}: everything is held. */
  get next(): number | undefined {
    return this.#next;
  }

  /** The first gap; undefined while nothing is held, and before the start. */
  get gap(): Gap | undefined {
    if (this.#next === undefined || this.#held.size === 0) return undefined;
    return { from: this.#next, to: this.#lowestHeld - 1 };
  }

  /** Lowest id held; undefined when none is. */
  get lowestHeld(): number | undefined {
    return this.#held.size === 0 ? undefined : this.#lowestHeld;
  }

  /** Highest id that arrived; -Infinity before the first. */
  get highestSeen(): number {
    return this.#highestSeen;
  }

  /** Number of times that the sequence was cleared. */
  get generation(): number {
    return this.#generation;
  }

  /** Trades delivered since the construction. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Those of them that came from the exchange's history and had not arrived. */
  get repaired(): number {
    return this.#repaired;
  }

  /** Exchange time of the last trade delivered, ms UTC; null before the first. */
  get lastTime(): number | null {
    return this.#lastTime;
  }

  /** Starts, or continues, at an id. Trades held from it on are delivered as soon as possible. */
  start(next: number): void {
    this.#next = next;
    for (const id of this.#held.keys()) if (id < next) this.#held.delete(id);
    this.#findLowest();
    this.#drain();
  }

  /** Forgets the trades held and the position; {@linkcode start} must follow. */
  clear(): void {
    this.#next = undefined;
    this.#held.clear();
    this.#lowestHeld = Infinity;
    this.#highestSeen = -Infinity;
    this.#generation++;
  }

  /** Takes a trade as it arrives. */
  accept(trade: Trade): Verdict {
    if (trade.id > this.#highestSeen) this.#highestSeen = trade.id;
    if (trade.id === this.#next) {
      this.#deliver(trade, false);
      if (this.#held.size > 0) this.#drain();
      return "delivered";
    }
    if (this.#next !== undefined && trade.id < this.#next) return "duplicate";
    if (this.#held.has(trade.id)) return "duplicate";
    if (this.#held.size >= this.#capacity) return "dropped";
    this.#held.set(trade.id, trade);
    if (trade.id < this.#lowestHeld) this.#lowestHeld = trade.id;
    return "held";
  }

  /**
   * Takes trades of the exchange's history, in the order of their ids. One that also arrived counts
   * as arrived.
   */
  repair(trades: readonly Trade[]): void {
    for (const trade of trades) {
      if (trade.id !== this.#next) continue;
      if (this.#held.has(trade.id)) this.#drain();
      else this.#deliver(trade, true);
    }
    this.#drain();
  }

  #deliver(trade: Trade, repaired: boolean): void {
    this.#next = trade.id + 1;
    // A void entry of the exchange's history only takes an id.
    if (trade.quantity === 0) return;
    this.#delivered++;
    if (repaired) this.#repaired++;
    this.#lastTime = trade.time;
    this.#rawIds.add(trade);
    this.#sink.trade(trade, repaired);
  }

  /** Delivers held trades up to the next gap. */
  #drain(): void {
    if (this.#next === undefined || this.#lowestHeld > this.#next) return;
    for (
      let trade = this.#held.get(this.#next);
      trade !== undefined;
      trade = this.#held.get(this.#next)
    ) {
      this.#held.delete(trade.id);
      this.#deliver(trade, false);
    }
    this.#findLowest();
  }

  #findLowest(): void {
    this.#lowestHeld = Infinity;
    for (const id of this.#held.keys()) if (id < this.#lowestHeld) this.#lowestHeld = id;
  }
}
