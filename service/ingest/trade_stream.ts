import { minuteOf } from "../../data/schema/time.ts";
import type { Trade } from "../../data/schema/trade.ts";
import { TradeBackfill } from "./backfill.ts";
import type { BarAggregator } from "./bars/bar_aggregator.ts";
import type { IngestContext } from "./context.ts";
import { RawIdCheck } from "./raw_ids.ts";
import { Sequencer } from "./sequencer.ts";
import { WakeUp } from "./wake_up.ts";

/** Most trades to hold behind a gap; further ones are fetched again. */
const CAPACITY = 20_000;
/** A gap may close by itself within this time, ms. */
const REORDER_MS = 100;
/** Trades of the last moments may still arrive over the stream, ms. */
const IN_FLIGHT_MS = 2000;
/** Ids grow with time: one that comes this much later and is not greater belongs to a restarted count, ms. */
const RESTARTED_MS = 1000;

/** What a stream counts, since its construction. */
export interface TradeCounts {
  /** Gaps that did not close by themselves. */
  gaps: number;
  /** Ids that could not be fetched either. */
  missing: number;
  /** Trades that arrived before one with a lower id and were held. */
  held: number;
  /** Trades received twice over one socket. */
  duplicates: number;
  /** Trades received twice because two sockets overlapped. */
  overlapped: number;
}

/** What identifies a stream, and where it starts. */
export interface TradeStreamOptions {
  readonly symbol: string;
  /** Takes the trades in order, and where the order starts and breaks. */
  readonly aggregator: Pick<BarAggregator, "anchor" | "breakOff" | "trade">;
  /** First minute that is wanted, ms UTC; undefined for the minute of the first connection. */
  readonly from: number | undefined;
  /** Most trades to fetch one by one; a longer gap is left to klines. */
  readonly maxBackfill: number;
}

/**
 * The unbroken stream of one symbol's trades: those that arrive, in the order of their ids, and
 * those that did not arrive from the exchange's history, before anything behind them.
 */
export class TradeStream {
  readonly #context: IngestContext;
  readonly #options: TradeStreamOptions;
  readonly #sequencer: Sequencer;
  readonly #backfill: TradeBackfill;
  readonly #rawIds: RawIdCheck;
  readonly #counts: TradeCounts = {
    gaps: 0,
    missing: 0,
    held: 0,
    duplicates: 0,
    overlapped: 0,
  };
  readonly #work = new WakeUp();
  /** Minute to start at; undefined while the stream is anchored. */
  #wanted: number | undefined;
  #begun = false;
  /** The market had no trade before the wanted minute. */
  #isNew = false;
  /** Minute of the first trade that arrived before the beginning, ms UTC. */
  #firstMinute = Infinity;
  /** There may be trades after the last one that will not arrive. */
  #behind = false;
  #idle = true;

  constructor(context: IngestContext, options: TradeStreamOptions) {
    const { symbol, aggregator, maxBackfill } = options;
    this.#context = context;
    this.#options = options;
    this.#rawIds = new RawIdCheck(symbol, context.clock, context.logger);
    this.#sequencer = new Sequencer(CAPACITY, aggregator, this.#rawIds);
    this.#backfill = new TradeBackfill(context, symbol, this.#sequencer, maxBackfill);
  }

  /** What was counted since the construction. */
  get counts(): Readonly<TradeCounts> {
    return this.#counts;
  }

  /** Trades delivered since the construction. */
  get delivered(): number {
    return this.#sequencer.delivered;
  }

  /** Trades delivered that had not arrived. */
  get repaired(): number {
    return this.#sequencer.repaired;
  }

  /** Trades delivered whose raw ids do not continue those of the trade before. */
  get rawIdBreaks(): number {
    return this.#rawIds.breaks;
  }

  /** Exchange time of the last trade delivered, ms UTC; null before the first. */
  get lastTime(): number | null {
    return this.#sequencer.lastTime;
  }

  /** Highest id that arrived; -Infinity before the first. */
  get highestArrived(): number {
    return this.#sequencer.highestSeen;
  }

  /** Why trades are delayed, for people; null while they are not. */
  get problem(): string | null {
    return this.#idle ? null : this.#backfill.problem;
  }

  /** Starts the sequence, once there is a socket and the exchange's time is known. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#wanted = this.#options.from ?? Math.min(this.#currentMinute(), this.#firstMinute);
    this.#work.notify();
  }

  /**
   * Starts the sequence where it has not started, as there was no market until a minute (open time, ms
   * UTC).
   */
  beginAt(minute: number): void {
    if (!this.#begun || this.#sequencer.next !== undefined) return;
    this.#isNew = true;
    this.#restartAt(minute);
  }

  /**
   * Takes a trade as it arrives.
   *
   * @param overlapping Whether another socket delivers the same trades at this time.
   */
  trade(trade: Trade, overlapping: boolean): void {
    switch (this.#sequencer.accept(trade)) {
      case "delivered":
        break;
      case "held":
        this.#counts.held++;
        if (this.#sequencer.next !== undefined) this.#work.notify();
        else if (!this.#begun) {
          this.#firstMinute = Math.min(this.#firstMinute, minuteOf(trade.time));
        }
        break;
      case "duplicate":
        if (this.#isRestart(trade)) this.#restartWith(trade);
        else if (overlapping) this.#counts.overlapped++;
        else this.#counts.duplicates++;
        break;
      case "dropped":
        break;
    }
  }

  /** Requests the trades after the last one from the exchange's history. */
  catchUp(): void {
    this.#behind = true;
    this.#work.notify();
  }

  /**
   * Anchors the sequence, closes gaps and catches up, one after the other: the order of trades
   * depends on it. Ends only by an error.
   */
  async run(): Promise<never> {
    for (;;) {
      this.#idle = false;
      if (this.#wanted !== undefined) await this.#anchor(this.#wanted);
      else if (this.#sequencer.gap !== undefined) await this.#closeGap();
      else if (this.#behind) await this.#fetchLatest();
      else {
        this.#idle = true;
        await this.#work.wait();
      }
    }
  }

  /** Whether a trade whose id was delivered before is later than that one. */
  #isRestart({ id, time }: Trade): boolean {
    const { next, lastTime } = this.#sequencer;
    return next !== undefined && id < next && lastTime !== null && time - lastTime >= RESTARTED_MS;
  }

  /** The exchange restarted its ids; what happened between the old ids and the new ones is unknown. */
  #restartWith(trade: Trade): void {
    const { symbol } = this.#options;
    this.#context.logger.warning("the exchange restarted its trade ids", { symbol, id: trade.id });
    this.#restartAt(minuteOf(trade.time));
    this.#sequencer.accept(trade);
  }

  #restartAt(minute: number): void {
    this.#sequencer.clear();
    this.#wanted = minute;
    this.#work.notify();
  }

  #currentMinute(): number {
    return minuteOf(this.#context.clock.now());
  }

  /** Finds the first id of the wanted minute and starts there. */
  async #anchor(minute: number): Promise<void> {
    const start = await this.#backfill.findStart(minute, !this.#isNew);
    if (start === undefined || minute !== this.#wanted) return;
    const current = this.#currentMinute();
    if (start.tooMany && minute < current) {
      this.#wanted = current;
      return;
    }
    const { lowestHeld } = this.#sequencer;
    const arrivedBy = this.#context.clock.now() - IN_FLIGHT_MS;
    this.#wanted = undefined;
    this.#isNew = false;
    this.#options.aggregator.anchor(start.minute);
    this.#sequencer.start(start.id);
    // Trades that have not arrived are taken from history, unless they may still arrive.
    this.#sequencer.repair(
      start.trades.filter(({ id, time }) =>
        lowestHeld === undefined ? time < arrivedBy : id < lowestHeld
      ),
    );
    this.#behind = lowestHeld === undefined && minute < this.#currentMinute();
  }

  /** Closes the first gap, with trades that arrive late or from history. */
  async #closeGap(): Promise<void> {
    const { clock, logger, signal } = this.#context;
    await clock.sleep(REORDER_MS, signal);
    const { gap } = this.#sequencer;
    if (gap === undefined || this.#wanted !== undefined) return;
    const missing = gap.to - gap.from + 1;
    const { symbol, maxBackfill } = this.#options;
    this.#counts.gaps++;
    if (missing > maxBackfill) {
      logger.warning("too many trades are missing; their minutes are taken from klines", {
        symbol,
        missing,
      });
      this.#restartAt(this.#currentMinute());
      return;
    }
    logger.debug("trades are missing; fetching them", { symbol, missing, from: gap.from });
    if (!await this.#backfill.fill(gap.to)) this.#giveUp();
  }

  async #fetchLatest(): Promise<void> {
    this.#behind = false;
    const reached = await this.#backfill.catchUp();
    if (reached === "tooMany") this.#restartAt(this.#currentMinute());
    else if (reached === "more") this.#behind = true;
  }

  /**
   * The gap cannot be closed. Where the exchange answers but lacks the ids, the held ones may be
   * wrong: the sequence restarts at the current minute. Where it does not answer, the sequence
   * continues behind the gap.
   */
  #giveUp(): void {
    const { gap, lowestHeld } = this.#sequencer;
    if (gap === undefined || lowestHeld === undefined || this.#wanted !== undefined) return;
    const { symbol, aggregator } = this.#options;
    const missing = gap.to - gap.from + 1;
    this.#context.logger.warning("missing trades cannot be fetched", {
      symbol,
      missing,
      from: gap.from,
    });
    this.#counts.missing += missing;
    if (this.#backfill.problem === null) {
      this.#restartAt(this.#currentMinute());
    } else {
      aggregator.breakOff();
      this.#sequencer.start(lowestHeld);
    }
  }
}
