import type { Trade } from "../../../data/schema/trade.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import { BarBuilder, emptyBar } from "./bar_builder.ts";

/**
 * What is known of the completeness of a minute's trades.
 *
 * - `open`: no gap so far; only a later trade, or the exchange's kline, proves that none is missing
 * - `proven`: an unbroken sequence of ids leads into a later minute
 * - `broken`: a part is missing
 */
export type DraftState = "open" | "proven" | "broken";

/** One symbol's minute that is not published yet. */
export class MinuteDraft {
  readonly symbol: string;
  readonly source: BarSource;
  /** Open time, ms UTC. */
  readonly timestamp: number;
  /** Whether it is decided what to publish; further trades are too late. */
  settled = false;
  #state: DraftState;
  #builder: BarBuilder;
  #repaired = false;
  #watcher: AbortController | undefined;

  constructor(symbol: string, source: BarSource, timestamp: number, state: DraftState) {
    this.symbol = symbol;
    this.source = source;
    this.timestamp = timestamp;
    this.#state = state;
    this.#builder = new BarBuilder(symbol, source, timestamp);
  }

  get state(): DraftState {
    return this.#state;
  }

  set state(state: DraftState) {
    if (state === this.#state) return;
    this.#state = state;
    this.#watcher?.abort();
  }

  /** A signal that aborts at the next change of the state; it replaces the one before. */
  watch(): AbortSignal {
    this.#watcher = new AbortController();
    return this.#watcher.signal;
  }

  /** Number of aggregate trades. */
  get trades(): number {
    return this.#builder.trades;
  }

  /** Takes a trade of this minute, in the order of ids. */
  add(trade: Trade, repaired: boolean): void {
    this.#builder.add(trade);
    this.#repaired ||= repaired;
  }

  /** Forgets the trades, which are going to be delivered again. */
  restart(): void {
    this.#builder = new BarBuilder(this.symbol, this.source, this.timestamp);
    this.#repaired = false;
    this.state = "open";
  }

  /**
   * The bar of the trades so far; undefined where they do not determine one.
   *
   * @param previousClose Close of the bar one minute before; undefined when there is none.
   */
  bar(previousClose: number | undefined): Bar | undefined {
    const complete = this.#state !== "broken";
    if (this.#builder.trades > 0) {
      return this.#builder.build(
        complete ? (this.#repaired ? "repaired" : "trades") : "incomplete",
      );
    }
    if (!complete || previousClose === undefined) return undefined;
    return emptyBar(this.symbol, this.source, this.timestamp, previousClose);
  }
}
