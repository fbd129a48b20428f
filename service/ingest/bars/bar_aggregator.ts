import { MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import type { TradeSink } from "../sequencer.ts";
import { type DraftState, MinuteDraft } from "./minute_draft.ts";
import type { ClosedMinute } from "./minute_queue.ts";

/**
 * After hours without a trade no empty minutes are made; what happened is taken from the klines.
 */
const MAX_LULL_MS = 4 * 60 * MINUTE_MS;

/**
 * Aggregates one symbol's trades by minutes of exchange time. It takes the trades in the order of
 * their ids, learns where the order starts and breaks off, and closes a minute when a later trade
 * or the clock proves that it is over. A closed minute carries what is known of its completeness,
 * which changes until the minute is settled: later trades may prove it complete, or incomplete.
 */
export class BarAggregator implements TradeSink {
  readonly #symbol: string;
  readonly #source: BarSource;
  readonly #output: { push(minute: ClosedMinute): void };
  /** Closed minutes, oldest first; settled ones are removed later. */
  readonly #closed: MinuteDraft[] = [];
  #forming: MinuteDraft | undefined;
  /** Trades are missing between the last one and the next. */
  #gap = false;
  /** The market does not trade. */
  #paused = false;
  /** It did not trade since the forming minute: which minutes there were is left to the klines. */
  #skips = false;
  #late = 0;

  /**
   * @param output Takes the closed minutes in order, and before them the times up to which there
   *   are no trades.
   */
  constructor(symbol: string, source: BarSource, output: { push(minute: ClosedMinute): void }) {
    this.#symbol = symbol;
    this.#source = source;
    this.#output = output;
  }

  /** Trades of minutes that were already settled, since the construction. */
  get late(): number {
    return this.#late;
  }

  /** The bar of the latest trades so far. */
  get forming(): Bar | undefined {
    const forming = this.#forming;
    return forming === undefined || forming.trades === 0 ? undefined : forming.bar(undefined);
  }

  /**
   * All trades from a minute on (open time, ms UTC) follow. Those of it and of later minutes that
   * were delivered before are delivered again.
   */
  anchor(minute: number): void {
    this.#gap = false;
    for (const draft of this.#closed) {
      if (draft.settled) continue;
      if (draft.timestamp >= minute) draft.restart();
      else if (draft.state === "open") draft.state = "broken";
    }
    const forming = this.#forming;
    if (forming !== undefined && forming.timestamp >= minute) {
      forming.restart();
    } else {
      if (forming !== undefined) {
        forming.state = "broken";
        this.#close(forming);
      }
      this.#start(minute, "open");
    }
    this.#output.push(minute);
  }

  /** Trades between the last one and the next are lost. */
  breakOff(): void {
    this.#gap = true;
  }

  /** Takes the next trade, in the order of ids. */
  trade(trade: Trade, repaired: boolean): void {
    const minute = minuteOf(trade.time);
    const forming = this.#forming ?? this.#start(minute, "broken");
    if (this.#gap && forming.timestamp <= minute) forming.state = "broken";
    if (this.#closed.length > 0) this.#decide(minute);
    if (minute === forming.timestamp) forming.add(trade, repaired);
    else if (minute > forming.timestamp) this.#moveTo(minute, "proven").add(trade, repaired);
    else this.#addToClosed(minute, trade, repaired);
    this.#gap = false;
  }

  /**
   * The market does not trade from now on: the clock closes no further minutes without trades. What
   * the exchange has of that time it shows as klines, which may be flat or missing.
   */
  pause(): void {
    this.#paused = true;
    this.#skips = true;
  }

  /** The market trades. */
  resume(): void {
    this.#paused = false;
  }

  /** Closes the minutes before one (open time, ms UTC): the clock says that they are over. */
  closeBefore(minute: number): void {
    const forming = this.#forming;
    if (forming === undefined || forming.timestamp >= minute) return;
    if (!this.#paused || forming.trades > 0) this.#moveTo(minute, "open");
  }

  #addToClosed(minute: number, trade: Trade, repaired: boolean): void {
    const draft = this.#closed.find(({ timestamp }) => timestamp === minute);
    if (draft === undefined || draft.settled) this.#late++;
    else draft.add(trade, repaired);
  }

  /**
   * A trade right after the last one proves the minutes before its own complete; one after a gap
   * shows that a part is missing up to its own.
   */
  #decide(minute: number): void {
    this.#removeSettled();
    for (const draft of this.#closed) {
      if (draft.state !== "open") continue;
      if (this.#gap ? draft.timestamp <= minute : draft.timestamp < minute) {
        draft.state = this.#gap ? "broken" : "proven";
      }
    }
  }

  #start(minute: number, state: DraftState): MinuteDraft {
    return this.#forming = new MinuteDraft(this.#symbol, this.#source, minute, state);
  }

  /**
   * Closes the forming minute and the empty ones up to `minute`, which becomes the forming one.
   *
   * @param state What is known of them, unless trades are missing before.
   */
  #moveTo(minute: number, state: "open" | "proven"): MinuteDraft {
    const forming = this.#forming;
    const skips = this.#skips;
    this.#skips = this.#paused;
    if (forming !== undefined && (!skips || forming.trades > 0)) {
      if (forming.state === "open") forming.state = state;
      this.#close(forming);
      if (!skips && !this.#gap && minute - forming.timestamp <= MAX_LULL_MS) {
        for (let time = forming.timestamp + MINUTE_MS; time < minute; time += MINUTE_MS) {
          this.#close(new MinuteDraft(this.#symbol, this.#source, time, state));
        }
      }
    }
    return this.#start(minute, this.#gap ? "broken" : "open");
  }

  #close(draft: MinuteDraft): void {
    this.#removeSettled();
    this.#closed.push(draft);
    this.#output.push(draft);
  }

  #removeSettled(): void {
    while (this.#closed[0]?.settled) this.#closed.shift();
  }
}
