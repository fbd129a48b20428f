import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { BarSource } from "../../data/schema/origin.ts";
import type { FormingBar } from "../../data/schema/announcement.ts";
import type { SymbolStatus } from "../../data/schema/status.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import { BarAggregator } from "./bars/bar_aggregator.ts";
import type { BarAudit } from "./bars/bar_audit.ts";
import { BarPublisher } from "./bars/bar_publisher.ts";
import { Vpin, vpinHistoryStart } from "./bars/microstructure/vpin.ts";
import { MinuteQueue } from "./bars/minute_queue.ts";
import type { IngestContext } from "./context.ts";
import type { TimeSlices } from "./time_slices.ts";
import { TradeStream } from "./trade_stream.ts";

/** One market and where its bars go. */
export interface MarketOptions {
  readonly symbol: string;
  readonly source: BarSource;
  /** The last bar that is already in the log. */
  readonly last: Bar | undefined;
  /** The first minute that the log ever had live, ms UTC; undefined before there was one. */
  readonly firstLive: number | undefined;
  /** Minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Most trades to fetch one by one; a longer gap is left to klines. */
  readonly maxBackfill: number;
  readonly log: Pick<EventLog, "append" | "room">;
  readonly audit: BarAudit;
}

/** History is read in parts, so that reading one takes less than a time slice, ms. */
const PART_MS = 12 * 60 * MINUTE_MS;

/** One symbol's way from trades as they arrive to bars in the log. */
export class Market {
  /** Takes the trades as they arrive. */
  readonly stream: TradeStream;
  readonly #options: MarketOptions;
  readonly #aggregator: BarAggregator;
  readonly #publisher: BarPublisher;
  readonly #vpin = new Vpin();
  #connected = false;

  constructor(context: IngestContext, options: MarketOptions) {
    const { symbol, source, last, firstLive, historyMinutes, maxBackfill, log, audit } = options;
    const minutes = new MinuteQueue();
    const aggregator = new BarAggregator(symbol, source, minutes);
    // As long as nothing was live, all up to the first connection is history.
    const from = firstLive === undefined ? undefined : last && last.timestamp + MINUTE_MS;
    const stream = new TradeStream(context, { symbol, aggregator, from, maxBackfill });
    this.#options = options;
    this.#aggregator = aggregator;
    this.stream = stream;
    this.#publisher = new BarPublisher(context, {
      symbol,
      source,
      minutes,
      stream,
      log,
      audit,
      last,
      firstLive,
      historyMinutes,
      vpin: this.#vpin,
    });
  }

  /** Reads the bars that VPIN depends on; {@linkcode run} must follow. */
  async restore(store: Pick<RecordStore, "volumes">, slices: TimeSlices): Promise<void> {
    const { symbol, last } = this.#options;
    if (last === undefined) return;
    for (let from = vpinHistoryStart(last.timestamp); from <= last.timestamp; from += PART_MS) {
      const to = Math.min(from + PART_MS - 1, last.timestamp);
      for (const bar of store.volumes(symbol, from, to)) this.#vpin.push(bar);
      await slices.next();
    }
  }

  /**
   * Runs the market.
   *
   * @param restored When {@linkcode restore} is done; until then bars wait.
   */
  async run(restored: Promise<void>): Promise<void> {
    await Promise.all([this.stream.run(), restored.then(() => this.#publisher.run())]);
  }

  /** There is a socket, and the exchange's time is known: the clock may close minutes. */
  connected(): void {
    this.#connected = true;
    this.stream.begin();
  }

  /** There is no socket: minutes wait until it is known what happened in them. */
  disconnected(): void {
    this.#connected = false;
  }

  /** Closes the minutes before one (open time, ms UTC). */
  closeBefore(minute: number): void {
    if (this.#connected) this.#aggregator.closeBefore(minute);
  }

  /**
   * The bar of the current minute so far, once all bars before it are published; while the history
   * before it is loaded at a start, this is noted.
   */
  forming(): FormingBar | undefined {
    const { next, caughtUp } = this.#publisher;
    const bar = this.#aggregator.forming;
    if (bar === undefined) return undefined;
    if (bar.timestamp === next) return { bar };
    return caughtUp ? undefined : { bar, loading: true };
  }

  /** State of the market's feed. */
  get status(): SymbolStatus {
    const { symbol, audit } = this.#options;
    const { counts, lastTime, delivered, repaired, rawIdBreaks } = this.stream;
    const { audited, mismatches } = audit.counts(symbol);
    return {
      symbol,
      last_trade_time: lastTime,
      last_bar: this.#publisher.published ?? null,
      trades: delivered,
      gaps: counts.gaps,
      repaired_trades: repaired,
      missing_trades: counts.missing,
      held: counts.held,
      duplicates: counts.duplicates,
      overlapped: counts.overlapped,
      raw_id_breaks: rawIdBreaks,
      late: this.#aggregator.late,
      audited_bars: audited,
      mismatched_bars: mismatches,
      problem: this.stream.problem ?? this.#publisher.problem ??
        (this.#connected ? this.#publisher.overdue : null),
    };
  }
}
