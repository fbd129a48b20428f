import type { Trade } from "../../data/schema/trade.ts";

/** What became of a trade that was handed to a {@linkcode Sequencer}. */
export type Verdict =
  /** It was the next one; it is passed on, with those that waited for it. */
  | "passed"
  /** Its id was passed on before, or waits already. */
  | "duplicate"
  /** Ids before it are missing; it waits for them. */
  | "held"
  /** Ids before it are missing and too many wait already; it is let go, and is missing now too. */
  | "dropped";

/** Ids between the last one passed on and the first one held. */
export interface Hole {
  /** First missing id. */
  readonly from: number;
  /** Last missing id. */
  readonly to: number;
}

/** Takes trades in the order of their ids, without a hole. */
export type PassTrade = (trade: Trade, repaired: boolean) => void;

/**
 * Puts the trades of one symbol into the order of their ids and lets none pass a hole.
 *
 * The exchange's rules that it rests on (web-socket-streams.md, rest-api.md):
 *
 * 1. The aggregate trade id `a` grows by one with each aggregate trade of a symbol.
 * 2. An aggregate trade has the same id and fields on every connection and over REST.
 *
 * So an id seen before is a repetition, and an id beyond the next one means that those between are
 * still under way or lost.
 */
export class Sequencer {
  readonly #capacity: number;
  readonly #pass: PassTrade;
  readonly #held = new Map<number, Trade>();
  #next: number | undefined;
  #lowestHeld = Infinity;
  #highestSeen = -Infinity;

  /**
   * @param capacity The most trades to hold behind a hole.
   * @param pass Takes the trades in order; `repaired` tells those given to {@linkcode repair}.
   */
  constructor(capacity: number, pass: PassTrade) {
    this.#capacity = capacity;
    this.#pass = pass;
  }

  /** Id that is passed on next; undefined before {@linkcode start}: everything is held. */
  get next(): number | undefined {
    return this.#next;
  }

  /** The first hole; undefined while nothing waits, or before the start. */
  get hole(): Hole | undefined {
    if (this.#next === undefined || this.#held.size === 0) return undefined;
    return { from: this.#next, to: this.#lowestHeld - 1 };
  }

  /** Lowest id that waits; undefined when none does. */
  get lowestHeld(): number | undefined {
    return this.#held.size === 0 ? undefined : this.#lowestHeld;
  }

  /** Highest id that ever arrived; -Infinity before the first. */
  get highestSeen(): number {
    return this.#highestSeen;
  }

  /** Begins, or begins anew, at an id: trades held from it on pass as soon as they can. */
  start(next: number): void {
    this.#next = next;
    for (const id of this.#held.keys()) if (id < next) this.#held.delete(id);
    this.#findLowest();
    this.#drain();
  }

  /** Forgets what waits, and where the sequence stood. */
  clear(): void {
    this.#next = undefined;
    this.#held.clear();
    this.#lowestHeld = Infinity;
    this.#highestSeen = -Infinity;
  }

  /** Takes a trade as it arrives. */
  accept(trade: Trade): Verdict {
    if (trade.id > this.#highestSeen) this.#highestSeen = trade.id;
    if (trade.id === this.#next) {
      this.#next = trade.id + 1;
      this.#pass(trade, false);
      if (this.#held.size > 0) this.#drain();
      return "passed";
    }
    if (this.#next !== undefined && trade.id < this.#next) return "duplicate";
    if (this.#held.has(trade.id)) return "duplicate";
    if (this.#held.size >= this.#capacity) return "dropped";
    this.#held.set(trade.id, trade);
    if (trade.id < this.#lowestHeld) this.#lowestHeld = trade.id;
    return "held";
  }

  /**
   * Takes trades of the exchange's history, in the order of their ids. One that also arrived by
   * itself counts as arrived.
   *
   * @returns How many of them were missing.
   */
  repair(trades: readonly Trade[]): number {
    let repaired = 0;
    for (const trade of trades) {
      if (trade.id !== this.#next) continue;
      const arrived = this.#held.get(trade.id);
      if (arrived !== undefined) {
        this.#drain();
        continue;
      }
      this.#next = trade.id + 1;
      this.#pass(trade, true);
      repaired++;
    }
    this.#drain();
    return repaired;
  }

  /** Passes on what waits for nothing any more. */
  #drain(): void {
    if (this.#next === undefined || this.#lowestHeld > this.#next) return;
    for (
      let trade = this.#held.get(this.#next);
      trade !== undefined;
      trade = this.#held.get(this.#next)
    ) {
      this.#held.delete(trade.id);
      this.#next = trade.id + 1;
      this.#pass(trade, false);
    }
    this.#findLowest();
  }

  #findLowest(): void {
    this.#lowestHeld = Infinity;
    for (const id of this.#held.keys()) if (id < this.#lowestHeld) this.#lowestHeld = id;
  }
}
