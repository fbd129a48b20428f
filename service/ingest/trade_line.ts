import { minuteOf } from "../../data/schema/time.ts";
import type { Log } from "../log.ts";
import { Sequencer } from "./sequencer.ts";
import type { Trade } from "../../data/schema/trade.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What a trade line tells of its symbol, in this order. */
export interface TradeLineListener {
  /**
   * All trades from this minute on (open time, ms UTC) are going to come. Whatever was told of
   * that minute or later ones before comes again.
   */
  anchored(minute: number): void;
  /** The next trade by id; `repaired` when it came from the exchange's history. */
  trade(trade: Trade, repaired: boolean): void;
  /** What lies between the last trade told and the next one could not be had. */
  broken(): void;
}

/** Which trades of the exchange's history are wanted: the last ones when nothing is said. */
export interface TradeQuery {
  /** First id, inclusive. */
  readonly fromId?: number;
  /** Earliest time, inclusive, ms UTC. */
  readonly startTime?: number;
  /** Most trades to give, up to {@linkcode TRADES_LIMIT}. */
  readonly limit: number;
}

/** The most trades that `/api/v3/aggTrades` gives at once. */
export const TRADES_LIMIT = 1000;

/** What a trade line needs of the rest of the service. */
export interface TradeLineOptions {
  readonly symbol: string;
  readonly listener: TradeLineListener;
  /**
   * The exchange's history of trades, oldest first; one of quantity 0 is void and only takes an id.
   * May fail; is asked again.
   */
  readonly history: (symbol: string, query: TradeQuery) => Promise<readonly Trade[]>;
  /** First minute that is wanted, ms UTC; the one of the first connection when undefined. */
  readonly from: number | undefined;
  /** A longer hole is not filled trade by trade. */
  readonly longestRepair: number;
  /** Estimated time at the exchange, ms UTC. */
  readonly now: () => number;
  /** Time that only passes, ms. */
  readonly uptime: () => number;
  /** Waits so many ms; rejects when the service ends meanwhile. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Log;
  /** Told of an error that it cannot go on with. */
  readonly fail: (error: unknown) => void;
  /** Aborted when the service ends. */
  readonly closing: AbortSignal;
}

/** What a trade line has counted since its start. */
export interface TradeCounts {
  /** Trades passed on. */
  trades: number;
  /** Holes that did not close by themselves. */
  gaps: number;
  /** Trades that did not arrive and were taken from the exchange's history. */
  repaired: number;
  /** Ids that could not be had at all. */
  lost: number;
  /** Trades that arrived before one with a lower id and waited for it. */
  held: number;
  /** Trades received twice on one connection. */
  duplicates: number;
  /** Trades received twice because two connections overlap. */
  overlapped: number;
}

/** Trades to hold behind a hole; those beyond are fetched again. */
const HELD = 20_000;
/** A hole may close by itself within this time, ms. */
const REORDER_MS = 100;
/** Trades of the last moment may still be on their way over the stream, ms. */
const UNDER_WAY_MS = 2000;
/** So long the exchange is asked for a hole before it is given up, ms. */
const PATIENCE_MS = 30_000;
const RETRY_MS = [250, 500, 1000, 2000, 4000];
const LAST_RETRY_MS = 5000;
/** Ids only grow with time; one that comes so much later and is not greater has begun anew, ms. */
const RESTARTED_MS = 1000;
/** Failed requests in a row that are worth a word. */
const TOLERATED = 2;

/**
 * The unbroken line of one symbol's trades: what arrives, in the order of ids, and what did not
 * arrive from the exchange's history, before anything behind it.
 *
 * The exchange's rules that it obeys (rest-api.md, `GET /api/v3/aggTrades`): `fromId` is inclusive
 * and excludes the times; at most 1,000 trades an answer; the history may lag the stream by
 * seconds, so an answer without the wanted id is asked for again.
 */
export class TradeLine {
  readonly #options: TradeLineOptions;
  readonly #sequencer: Sequencer;
  readonly #counts: TradeCounts = {
    trades: 0,
    gaps: 0,
    repaired: 0,
    lost: 0,
    held: 0,
    duplicates: 0,
    overlapped: 0,
  };
  /** Minute to begin at; undefined while the line stands. */
  #wanted: number | undefined;
  #begun = false;
  /** Minute of the first trade that arrived before the line was begun, ms UTC. */
  #firstMinute = Infinity;
  #behind = false;
  /** Up to this id it is known that not too many trades are behind. */
  #counted = -Infinity;
  #running = false;
  #lastTime: number | null = null;
  #problem: string | null = null;

  constructor(options: TradeLineOptions) {
    this.#options = options;
    this.#sequencer = new Sequencer(HELD, (trade, repaired) => {
      // A void entry of the history: an id, and nothing behind it.
      if (trade.quantity === 0) return;
      this.#counts.trades++;
      if (repaired) this.#counts.repaired++;
      this.#lastTime = trade.time;
      options.listener.trade(trade, repaired);
    });
  }

  /** What was counted since the start. */
  get counts(): Readonly<TradeCounts> {
    return this.#counts;
  }

  /** Exchange time of the last trade passed on, ms UTC. */
  get lastTime(): number | null {
    return this.#lastTime;
  }

  /** Why trades are held up, for people; null while they are not. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A connection stands: begins the line unless it is begun. */
  connected(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#wanted = this.#options.from ?? Math.min(this.#minute(), this.#firstMinute);
    this.#wake();
  }

  /**
   * Takes a trade as it arrives.
   *
   * @param overlapping Whether another connection brings the same trades at this time.
   */
  trade(trade: Trade, overlapping: boolean): void {
    switch (this.#sequencer.accept(trade)) {
      case "passed":
        break;
      case "held":
        this.#counts.held++;
        if (this.#sequencer.next !== undefined) this.#wake();
        else if (!this.#begun) {
          this.#firstMinute = Math.min(this.#firstMinute, minuteOf(trade.time));
        }
        break;
      case "duplicate":
        if (this.#beginsAnew(trade)) this.#restart(trade);
        else if (overlapping) this.#counts.overlapped++;
        else this.#counts.duplicates++;
        break;
      case "dropped":
        break;
    }
  }

  /** Asks the exchange whether there are trades after the last one. */
  catchUp(): void {
    this.#behind = true;
    this.#wake();
  }

  /** Whether a trade whose id was passed on before is a later one than that. */
  #beginsAnew({ id, time }: Trade): boolean {
    const { next } = this.#sequencer;
    return next !== undefined && id < next && this.#lastTime !== null &&
      time - this.#lastTime >= RESTARTED_MS;
  }

  /** The exchange counts anew; what came between the old ids and the new ones is unknown. */
  #restart(trade: Trade): void {
    const { symbol, log } = this.#options;
    log.warning("the exchange's trade ids have begun anew", { symbol, id: trade.id });
    this.#begin(minuteOf(trade.time));
    this.#sequencer.accept(trade);
  }

  /** Begins anew. */
  #begin(minute: number): void {
    this.#sequencer.clear();
    this.#counted = -Infinity;
    this.#wanted = minute;
    this.#wake();
  }

  #minute(): number {
    const now = this.#options.now();
    return minuteOf(now);
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#run().catch((error: unknown) => {
      if (!this.#options.closing.aborted) this.#options.fail(error);
    });
  }

  /** Does one thing after the other until nothing is left; the order of trades rests on it. */
  async #run(): Promise<void> {
    for (;;) {
      if (this.#wanted !== undefined) await this.#anchor();
      else if (this.#sequencer.hole !== undefined) await this.#mend();
      else if (this.#behind) await this.#ask();
      else break;
    }
    this.#problem = null;
    this.#running = false;
  }

  /** Finds the first id of the wanted minute and begins there. */
  async #anchor(): Promise<void> {
    await this.#patiently(async () => {
      const minute = this.#wanted;
      if (minute === undefined) return true;
      const trades = await this.#history({ startTime: minute, limit: TRADES_LIMIT });
      if (minute !== this.#wanted) return true;
      const [first] = trades;
      if (first === undefined) {
        const [latest] = await this.#history({ limit: 1 });
        if (latest === undefined || latest.time >= minute || minute !== this.#wanted) return false;
        this.#stand(minute, latest.id + 1, []);
        return true;
      }
      const tooMany = await this.#areTooMany(trades);
      if (minute !== this.#wanted) return true;
      const now = this.#minute();
      if (tooMany && minute < now) this.#wanted = now;
      else this.#stand(minute, first.id, trades);
      return true;
    }, Infinity);
  }

  /** Whether more trades than are repaired follow a page of history. */
  async #areTooMany(trades: readonly Trade[]): Promise<boolean> {
    const last = trades.at(-1);
    if (last === undefined || trades.length < TRADES_LIMIT || last.id < this.#counted) return false;
    const [latest] = await this.#history({ limit: 1 });
    this.#counted = latest?.id ?? last.id;
    return this.#counted - last.id > this.#options.longestRepair;
  }

  /** Begins at an id. Trades that have not arrived are taken from history unless they just may. */
  #stand(minute: number, next: number, trades: readonly Trade[]): void {
    const { lowestHeld } = this.#sequencer;
    const before = this.#options.now() - UNDER_WAY_MS;
    this.#wanted = undefined;
    this.#options.listener.anchored(minute);
    this.#sequencer.start(next);
    this.#sequencer.repair(
      trades.filter(({ id, time }) => lowestHeld === undefined ? time < before : id < lowestHeld),
    );
    this.#behind = lowestHeld === undefined && minute < this.#minute();
  }

  /** Closes the first hole, from what is still under way or from history. */
  async #mend(): Promise<void> {
    await this.#options.sleep(REORDER_MS);
    this.#options.closing.throwIfAborted();
    const hole = this.#sequencer.hole;
    if (hole === undefined || this.#wanted !== undefined) return;
    const missing = hole.to - hole.from + 1;
    const { symbol, log, longestRepair } = this.#options;
    this.#counts.gaps++;
    if (missing > longestRepair) {
      log.warning("too many trades are missing; their minutes are taken from klines", {
        symbol,
        missing,
      });
      this.#begin(this.#minute());
      return;
    }
    log.debug("trades are missing; they are fetched", { symbol, missing, from: hole.from });
    const closed = await this.#patiently(() => this.#fetchUntil(hole.to), PATIENCE_MS);
    if (!closed) this.#giveUp();
  }

  /** True once the sequence is past an id, or it has begun elsewhere. */
  async #fetchUntil(id: number): Promise<boolean> {
    for (;;) {
      const { next } = this.#sequencer;
      if (next === undefined || next > id) return true;
      const trades = await this.#history({ fromId: next, limit: TRADES_LIMIT });
      // Those beyond what has arrived may still be under way.
      this.#sequencer.repair(trades.filter((trade) => trade.id < this.#sequencer.highestSeen));
      if (this.#sequencer.next === next) return false;
    }
  }

  /** Fetches what comes after the last trade, as far as history goes. */
  async #ask(): Promise<void> {
    this.#behind = false;
    await this.#patiently(async () => {
      const { next } = this.#sequencer;
      if (next === undefined) return true;
      const trades = await this.#history({ fromId: next, limit: TRADES_LIMIT });
      if (await this.#areTooMany(trades)) {
        this.#begin(this.#minute());
        return true;
      }
      this.#sequencer.repair(trades);
      this.#behind = trades.length === TRADES_LIMIT;
      return true;
    }, PATIENCE_MS);
  }

  /**
   * The hole does not close. Where the exchange answers but lacks the ids, those that wait may be
   * false: the line begins anew with what it has. Where it does not answer, the line goes on
   * behind the hole.
   */
  #giveUp(): void {
    const { hole, lowestHeld } = this.#sequencer;
    if (hole === undefined || lowestHeld === undefined || this.#wanted !== undefined) return;
    const { symbol, log, listener } = this.#options;
    const missing = hole.to - hole.from + 1;
    log.warning("missing trades cannot be had", { symbol, missing, from: hole.from });
    this.#counts.lost += missing;
    if (this.#problem === null) {
      this.#begin(this.#minute());
    } else {
      listener.broken();
      this.#sequencer.start(lowestHeld);
    }
  }

  #history(query: TradeQuery): Promise<readonly Trade[]> {
    return this.#options.history(this.#options.symbol, query);
  }

  /**
   * Tries until it succeeds; what gets on, if only by some trades, is tried anew.
   *
   * @returns Whether it did within the patience, ms.
   */
  async #patiently(attempt: () => Promise<boolean>, patience: number): Promise<boolean> {
    const { symbol, uptime, sleep, log, closing } = this.#options;
    let start = uptime();
    let failures = 0;
    for (let tries = 0;; tries++) {
      const { next } = this.#sequencer;
      try {
        const done = await attempt();
        closing.throwIfAborted();
        failures = 0;
        this.#problem = null;
        if (done) return true;
      } catch (error) {
        closing.throwIfAborted();
        const why = errorMessage(error);
        if (++failures >= TOLERATED) this.#problem = `bars wait for trades: ${why}`;
        log.warning("cannot get trades; trying again", { symbol, why });
      }
      if (this.#sequencer.next !== next) {
        start = uptime();
        tries = 0;
      }
      if (uptime() - start >= patience) return false;
      await sleep(RETRY_MS[tries] ?? LAST_RETRY_MS);
      closing.throwIfAborted();
    }
  }
}
