import { chunk } from "../../../data/common/std/chunk.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import type { Loading } from "../../../data/schema/status.ts";
import type { EventLog } from "../../bus/event_log.ts";
import type { IngestContext } from "../context.ts";
import { TimeSlices } from "../time_slices.ts";
import type { TradeStream } from "../trade_stream.ts";
import type { BarAudit } from "./bar_audit.ts";
import { barOfKline } from "./kline_bar.ts";
import { KlineFetcher, PATIENCE_MS } from "./kline_fetcher.ts";
import { withVpin } from "./microstructure/microstructure.ts";
import type { Vpin } from "./microstructure/vpin.ts";
import type { MinuteDraft } from "./minute_draft.ts";
import type { MinuteQueue } from "./minute_queue.ts";
import { compareVolumes } from "./volumes.ts";

/** What a publisher connects. */
export interface BarPublisherOptions {
  readonly symbol: string;
  readonly source: BarSource;
  /** The closed minutes. */
  readonly minutes: MinuteQueue;
  /** Where trades are requested that a kline includes and the minute lacks. */
  readonly stream: Pick<TradeStream, "catchUp">;
  readonly log: Pick<EventLog, "append" | "room">;
  readonly audit: Pick<BarAudit, "add">;
  /** The last bar that is already in the log. */
  readonly last: Bar | undefined;
  /** The first minute that the log ever had live, ms UTC; undefined before there was one. */
  readonly firstLive: number | undefined;
  /** Minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Holds the history up to the last bar by the time that {@linkcode BarPublisher.run} is called. */
  readonly vpin: Vpin;
}

/** Bars of history that are appended together: some milliseconds. */
const KLINES_AT_ONCE = 250;
/** Time after which trades are requested again that the kline includes, ms. */
const CATCH_UP_MS = 1000;
/** Without a bar for this long, something is wrong, ms. */
const MAX_SILENCE_MS = 4 * MINUTE_MS;

function isoMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/**
 * Publishes one symbol's bars: in order, without a gap, each minute once. A minute that a later
 * trade proves complete is published at once; one that the clock closed is compared with the
 * exchange's kline, and waits for the trades that the kline includes; an incomplete one is replaced
 * by the kline. Minutes before the first trades, and those whose trades are lost, are klines too.
 */
export class BarPublisher {
  readonly #context: IngestContext;
  readonly #options: BarPublisherOptions;
  readonly #fetcher: KlineFetcher;
  readonly #failed = Promise.withResolvers<never>();
  /** The last bar that was appended, and the minute after it. */
  #last: Bar | undefined;
  #next: number | undefined;
  #published: number | undefined;
  /** The first live minute, ms UTC: what lies before it is history. */
  #firstLive: number | undefined;
  /** The range of klines that is being loaded, ms UTC. */
  #loading: { readonly from: number; readonly to: number } | undefined;
  /** Whether the bars up to the first minute with trades have been published. */
  #caughtUp = false;
  /** End of the last range that the exchange has no klines of, ms UTC. */
  #gapEnd: number | undefined;

  constructor(context: IngestContext, options: BarPublisherOptions) {
    this.#context = context;
    this.#options = options;
    this.#fetcher = new KlineFetcher(context, options.symbol);
    this.#last = options.last;
    this.#next = options.last && options.last.timestamp + MINUTE_MS;
    this.#published = options.last?.timestamp;
    this.#firstLive = options.firstLive;
  }

  /** Open time of the next bar, ms UTC; undefined before the first minute is known. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Open time of the last bar that is durable, ms UTC. */
  get published(): number | undefined {
    return this.#published;
  }

  /** Whether the bars up to the first minute with trades have been published. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Why bars are delayed, for people; null while they are not. */
  get problem(): string | null {
    return this.#fetcher.problem;
  }

  /** What is wrong if the last bar is not of the last minutes; null when it is. For people. */
  get overdue(): string | null {
    if (this.#next === undefined || this.#last === undefined) return null;
    const now = this.#context.clock.now();
    const { timestamp } = this.#last;
    if (timestamp > now) {
      return `the last bar in the journal is of ${isoMinute(timestamp)}, but the exchange's ` +
        `clock says ${isoMinute(now)}; use another DATA_DIR for this exchange`;
    }
    const isLate = timestamp + MINUTE_MS + MAX_SILENCE_MS <= now;
    if (!isLate || this.loading !== null) return null;
    const what = `no bar since ${isoMinute(timestamp)}`;
    return this.#gapEnd === this.#next ? `${what}, as the exchange has no klines since` : what;
  }

  /** How far the loading of a longer range of klines is; null while none is loaded. */
  get loading(): Loading | null {
    const { from, to } = this.#loading ?? (this.#caughtUp ? { from: 0, to: 0 } : this.#expected);
    if (to - from <= MAX_SILENCE_MS) return null;
    const [have, need] = [Math.max(from, this.#next ?? from) - from, to - from]
      .map((ms) => ms / MINUTE_MS);
    return { have: have ?? 0, need: need ?? 0 };
  }

  /** The range that will be loaded once the first minute with trades is known. */
  get #expected(): { readonly from: number; readonly to: number } {
    const to = minuteOf(this.#context.clock.now());
    return { from: this.#next ?? to - this.#options.historyMinutes * MINUTE_MS, to };
  }

  /** Publishes minute by minute: the order of bars depends on it. Ends only by an error. */
  async run(): Promise<never> {
    return await Promise.race([this.#publishAll(), this.#failed.promise]);
  }

  async #publishAll(): Promise<never> {
    for (;;) {
      const minute = await this.#options.minutes.take();
      if (typeof minute === "number") await this.#fillUntil(minute);
      else await this.#publishDraft(minute);
      this.#caughtUp = true;
    }
  }

  /** Publishes klines up to the first minute with trades. */
  async #fillUntil(time: number): Promise<void> {
    this.#firstLive ??= time;
    const next = this.#next ??= time - this.#options.historyMinutes * MINUTE_MS;
    if (time > next) await this.#fill(next, time);
  }

  async #publishDraft(draft: MinuteDraft): Promise<void> {
    this.#firstLive ??= draft.timestamp;
    const next = this.#next ??= draft.timestamp;
    if (draft.timestamp > next) await this.#fill(next, draft.timestamp);
    if (draft.timestamp === this.#next) await this.#settle(draft);
    draft.settled = true;
  }

  /**
   * Publishes a minute: its own bar as soon as that is proven or confirmed by the exchange's kline.
   * Trades that the kline includes are waited for within a bound; after that, and where trades are
   * lost, the kline itself is taken. An incomplete bar is published as such when no kline can be
   * fetched in time.
   */
  async #settle(draft: MinuteDraft): Promise<void> {
    const { clock, signal } = this.#context;
    const { timestamp } = draft;
    for (let caughtUpMs = 0;; caughtUpMs += CATCH_UP_MS) {
      const { state } = draft;
      const own = this.#ownBar(draft);
      if (state === "proven" && own !== undefined) return await this.#decide(draft, own);
      const moot = draft.watch();
      const klines = await this.#fetcher.fetch({
        from: timestamp,
        to: timestamp + MINUTE_MS,
        leastVolume: own?.volume ?? 0,
        patienceMs: own?.quality === "incomplete" ? PATIENCE_MS : Infinity,
        moot,
      });
      if (moot.aborted) continue;
      const now = this.#ownBar(draft);
      const kline = klines?.[0];
      if (kline === undefined || state === "broken") {
        return await this.#settleFor(draft, now, kline);
      }
      if (compareVolumes(kline.volume, now?.volume ?? 0) === 0) {
        return await (now ? this.#decide(draft, now) : this.#settleFor(draft, now, kline));
      }
      if (caughtUpMs >= PATIENCE_MS) draft.state = "broken";
      this.#options.stream.catchUp();
      await clock.sleep(CATCH_UP_MS, AbortSignal.any([signal, moot]))
        .catch(() => signal.throwIfAborted());
    }
  }

  /** Publishes the best there is: the kline, else the trades. */
  async #settleFor(
    draft: MinuteDraft,
    own: Bar | undefined,
    kline: Kline | undefined,
  ): Promise<void> {
    const { symbol, source, timestamp, trades } = draft;
    if (kline !== undefined) await this.#decide(draft, barOfKline(symbol, source, kline));
    else if (own !== undefined && trades > 0) await this.#decide(draft, own);
    else this.#leaveGap(timestamp, timestamp + MINUTE_MS);
  }

  #ownBar(draft: MinuteDraft): Bar | undefined {
    const last = this.#last;
    return draft.bar(last?.timestamp === draft.timestamp - MINUTE_MS ? last.close : undefined);
  }

  async #decide(draft: MinuteDraft, bar: Bar): Promise<void> {
    draft.settled = true;
    await this.#publish([bar]);
  }

  /**
   * Publishes the klines of a range, an answer at a time, so that nothing is requested twice when a
   * request fails. Minutes that the exchange does not have are left out.
   */
  async #fill(from: number, to: number): Promise<void> {
    // An answer also includes the next minute, which proves that it does not lag.
    const pageMs = (this.#context.exchange.traits.klinesPerPage - 1) * MINUTE_MS;
    this.#loading = { from, to };
    for (let start = from; start < to; start += pageMs) {
      await this.#fillPage(start, Math.min(to, start + pageMs));
    }
    this.#loading = undefined;
  }

  async #fillPage(from: number, to: number): Promise<void> {
    const { symbol, source } = this.#options;
    const klines = await this.#fetcher.fetch({ from, to, history: true }) ?? [];
    const { clock, signal } = this.#context;
    // In parts: to encode a thousand bars at once would hold the loop.
    const slices = new TimeSlices(clock, signal);
    for (const part of chunk(klines, KLINES_AT_ONCE)) {
      await slices.next();
      await this.#publish(part.map((kline) => barOfKline(symbol, source, kline)));
    }
    const reached = Math.max(from, this.#next ?? from);
    if (reached < to) this.#leaveGap(reached, to);
  }

  /** There are no bars of a time of which the exchange has no klines: the market did not trade. */
  #leaveGap(from: number, to: number): void {
    // Before the first bar there was no market yet; a gap that goes on is reported once.
    if (this.#last !== undefined && this.#gapEnd !== from) {
      this.#context.logger.warning("the exchange has no klines for a part of the history", {
        symbol: this.#options.symbol,
        from: isoMinute(from),
        to: isoMinute(to),
      });
    }
    this.#next = this.#gapEnd = to;
  }

  async #publish(bars: readonly Bar[]): Promise<void> {
    const last = bars.at(-1);
    if (last === undefined) return;
    const { log, audit, vpin } = this.#options;
    const firstLive = this.#firstLive ?? Infinity;
    const published = bars.map((bar): Bar => {
      vpin.push(bar);
      const measured = withVpin(bar, vpin.value);
      return bar.timestamp < firstLive ? { ...measured, backfill: true } : measured;
    });
    // The log keeps the order. While the disk is full, minutes wait here, and then in the queue;
    // those that the queue drops are taken from klines.
    await log.room();
    log.append(published.map((record) => ({ kind: "bar", record }))).then(() => {
      this.#published = last.timestamp;
      audit.add(published);
    }, this.#failed.reject);
    this.#last = last;
    this.#next = last.timestamp + MINUTE_MS;
  }
}
