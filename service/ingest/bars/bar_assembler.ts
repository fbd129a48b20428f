import type { Kline } from "../../../data/schema/kline.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import { MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import { barOfKline } from "./kline_bar.ts";
import { GRACE_MS, KlineFetcher, type KlineFetcherOptions, PATIENCE_MS } from "./kline_fetcher.ts";
import { withVpin } from "./microstructure/microstructure.ts";
import { Vpin } from "./microstructure/vpin.ts";
import { type DraftState, MinuteDraft } from "./minute_draft.ts";
import { compareVolumes } from "./volumes.ts";

/** What an assembler needs of the rest of the service. */
export interface BarAssemblerOptions extends KlineFetcherOptions {
  readonly source: BarSource;
  /** Bars that are already published, oldest first, from {@linkcode vpinHistoryStart} on. */
  readonly published: Iterable<Bar>;
  /** How many minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Wishes for the trades after the last one, as far as the exchange's history has them. */
  readonly catchUp: () => void;
  /** Takes finished bars, each once, in the order of their minutes; the next ones wait for it. */
  readonly publish: (bars: readonly Bar[]) => Promise<void>;
  /** Told when a bar could not be published; nothing more comes after it. */
  readonly fail: (error: unknown) => void;
}

/** A day of minutes; whatever is dropped beyond is fetched as klines again. */
const MAX_DRAFTS = 1440;
/** After hours without a trade the klines are asked for what happened, rather than making it up. */
const LONGEST_LULL_MS = 4 * 60 * MINUTE_MS;
/** Klines of one answer, less the one that shows that it does not lag. */
const FILL_MS = 999 * MINUTE_MS;
/** Pause before trades are asked for again that the kline knows of, ms. */
const CATCH_UP_MS = 1000;

function isoMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/**
 * Makes the bars of one symbol from its trades: by exchange time, in order, without a hole and
 * none twice. The trades come in the order of their ids, and it is told where they break off. A
 * minute that a later trade proves complete is published at once; one that the clock closes is
 * checked against the exchange's kline, and waits for the trades that the kline knows of; one of
 * which a part is lost is taken from the kline.
 */
export class BarAssembler {
  readonly #options: BarAssemblerOptions;
  readonly #fetcher: KlineFetcher;
  readonly #vpin = new Vpin();
  /** Closed minutes, and (a number) times up to which klines are wanted, that wait their turn. */
  readonly #queue: (MinuteDraft | number)[] = [];
  /** Closed minutes that are not published yet, oldest first. */
  #closed: MinuteDraft[] = [];
  #forming: MinuteDraft | undefined;
  /** Trades are missing between the last one and the next. */
  #gap = false;
  #connected = false;
  #pumping = false;
  #late = 0;
  #last: Bar | undefined;
  /** Open time of the next bar to publish; undefined until the trades are anchored. */
  #next: number | undefined;

  constructor(options: BarAssemblerOptions) {
    this.#options = options;
    this.#fetcher = new KlineFetcher(options);
    for (const bar of options.published) {
      this.#vpin.push(bar);
      this.#last = bar;
    }
    this.#next = this.#last && this.#last.timestamp + MINUTE_MS;
  }

  /** Trades that came after their minute was published, since the start. */
  get late(): number {
    return this.#late;
  }

  /** Why bars are held up, for people; null while they are not. */
  get problem(): string | null {
    const now = this.#options.now();
    if (this.#fetcher.problem !== null) return this.#fetcher.problem;
    if (!this.#connected || this.#next === undefined || this.#last === undefined) return null;
    if (this.#last.timestamp > now) {
      return `the last bar kept is of ${
        isoMinute(this.#last.timestamp)
      }, but the exchange's clock ` +
        `says ${isoMinute(now)}; use another DATA_DIR for this exchange`;
    }
    if (this.#next + 4 * MINUTE_MS > now) return null;
    return `no bar since ${isoMinute(this.#last.timestamp)}`;
  }

  /** Open time of the next bar, ms UTC; undefined while nothing is known to be published. */
  get next(): number | undefined {
    return this.#next;
  }

  /** The last published bar. */
  get last(): Bar | undefined {
    return this.#last;
  }

  /** The bar of the current minute so far, once everything before it is published. */
  forming(): Bar | undefined {
    const forming = this.#forming;
    if (forming === undefined || forming.trades === 0 || forming.timestamp !== this.#next) {
      return undefined;
    }
    return forming.bar(undefined);
  }

  /** A connection stands: minutes without a trade may be closed by the clock. */
  connected(): void {
    this.#connected = true;
  }

  /** The connection is gone: minutes wait until it is known what happened in them. */
  disconnected(): void {
    this.#connected = false;
  }

  /** All trades from a minute on come now; what was at hand of it and later ones comes again. */
  anchored(minute: number): void {
    this.#next ??= minute - this.#options.historyMinutes * MINUTE_MS;
    this.#gap = false;
    for (const draft of this.#closed) {
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
    this.#enqueue(minute);
  }

  /** Trades are lost between the last one and the next. */
  broken(): void {
    this.#gap = true;
  }

  /** Takes the next trade of this symbol, in the order of ids. */
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

  /** Closes the minutes that the clock says are over. */
  closeDue(): void {
    if (!this.#connected) return;
    const over = minuteOf(this.#options.now() - GRACE_MS);
    if (this.#forming !== undefined && this.#forming.timestamp < over) this.#moveTo(over, "open");
  }

  #addToClosed(minute: number, trade: Trade, repaired: boolean): void {
    const draft = this.#closed.find(({ timestamp }) => timestamp === minute);
    if (draft === undefined) this.#late++;
    else draft.add(trade, repaired);
  }

  /**
   * A trade right after the last one proves the minutes before its own; one after a gap tells that
   * a part is missing up to its own.
   */
  #decide(minute: number): void {
    for (const draft of this.#closed) {
      if (draft.state !== "open") continue;
      if (this.#gap ? draft.timestamp <= minute : draft.timestamp < minute) {
        draft.state = this.#gap ? "broken" : "proven";
      }
    }
  }

  #start(minute: number, state: DraftState): MinuteDraft {
    const { symbol, source } = this.#options;
    return this.#forming = new MinuteDraft(symbol, source, minute, state);
  }

  /**
   * Closes the forming minute and the tradeless ones up to `minute`, which becomes the forming one.
   *
   * @param state What is known of them, as far as no trade is lost before.
   */
  #moveTo(minute: number, state: "open" | "proven"): MinuteDraft {
    const { symbol, source } = this.#options;
    const forming = this.#forming;
    if (forming !== undefined) {
      if (forming.state === "open") forming.state = state;
      this.#close(forming);
      if (!this.#gap && minute - forming.timestamp <= LONGEST_LULL_MS) {
        for (let t = forming.timestamp + MINUTE_MS; t < minute; t += MINUTE_MS) {
          this.#close(new MinuteDraft(symbol, source, t, state));
        }
      }
    }
    return this.#start(minute, this.#gap ? "broken" : "open");
  }

  #close(draft: MinuteDraft): void {
    this.#closed.push(draft);
    this.#enqueue(draft);
  }

  #enqueue(entry: MinuteDraft | number): void {
    if (this.#queue.length >= MAX_DRAFTS) this.#forget(this.#queue.shift());
    this.#queue.push(entry);
    if (this.#pumping) return;
    this.#pump().catch((error: unknown) => {
      if (!this.#options.closing.aborted) this.#options.fail(error);
    });
  }

  #forget(entry: MinuteDraft | number | undefined): void {
    this.#closed = this.#closed.filter((draft) => draft !== entry);
  }

  /** Publishes one minute after another; the order of bars rests on there being one pump. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      const time = typeof entry === "number" ? entry : entry.timestamp;
      const next = this.#next ??= time;
      if (time > next) await this.#fill(next, time);
      if (typeof entry !== "number") {
        if (time === this.#next) await this.#settle(entry);
        this.#forget(entry);
      }
    }
    this.#pumping = false;
  }

  /**
   * Publishes a minute: its own bar as soon as that is proven, else once the exchange's kline
   * confirms it. Trades that the kline knows of are waited for, within a bound; after that, and
   * where trades are lost, the kline itself is taken. A bar of which a part is missing is published
   * as such when no kline can be had in time.
   */
  async #settle(draft: MinuteDraft): Promise<void> {
    const { timestamp } = draft;
    for (let caughtUpMs = 0;; caughtUpMs += CATCH_UP_MS) {
      const { state } = draft;
      const own = this.#ownBar(draft);
      if (state === "proven" && own !== undefined) return await this.#publish([own]);
      const klines = await this.#fetcher.fetch(
        timestamp,
        timestamp + MINUTE_MS,
        own?.volume ?? 0,
        (waited) =>
          draft.state !== state || (own?.quality === "incomplete" && waited >= PATIENCE_MS),
      );
      this.#options.closing.throwIfAborted();
      if (draft.state !== state) continue;
      const now = this.#ownBar(draft);
      const kline = klines?.[0];
      if (kline === undefined || state === "broken") {
        return await this.#settleFor(draft, now, kline);
      }
      if (compareVolumes(kline.volume, now?.volume ?? 0) === 0) {
        return await (now ? this.#publish([now]) : this.#settleFor(draft, now, kline));
      }
      if (caughtUpMs >= PATIENCE_MS) draft.state = "broken";
      this.#options.catchUp();
      await this.#options.sleep(CATCH_UP_MS);
      this.#options.closing.throwIfAborted();
    }
  }

  /** Publishes the best there is: the kline, or the trades at hand. */
  async #settleFor(
    { symbol, source, timestamp, trades }: MinuteDraft,
    own: Bar | undefined,
    kline: Kline | undefined,
  ): Promise<void> {
    if (kline !== undefined) return await this.#publish([barOfKline(symbol, source, kline)]);
    if (own !== undefined && trades > 0) return await this.#publish([own]);
    this.#leaveHole(timestamp, timestamp + MINUTE_MS);
  }

  #ownBar(draft: MinuteDraft): Bar | undefined {
    const last = this.#last;
    return draft.bar(last?.timestamp === draft.timestamp - MINUTE_MS ? last.close : undefined);
  }

  /**
   * Publishes the klines of a range, an answer's length at a time, so that nothing is asked for
   * twice when a request fails. What the exchange does not have stays a hole.
   */
  async #fill(from: number, to: number): Promise<void> {
    for (let start = from; start < to; start += FILL_MS) {
      await this.#fillPart(start, Math.min(to, start + FILL_MS));
    }
  }

  async #fillPart(from: number, to: number): Promise<void> {
    const { symbol, source, closing } = this.#options;
    const klines = await this.#fetcher.fetch(from, to, 0, () => false) ?? [];
    closing.throwIfAborted();
    await this.#publish(klines.map((kline) => barOfKline(symbol, source, kline)));
    const reached = Math.max(from, this.#next ?? from);
    if (reached < to) this.#leaveHole(reached, to);
  }

  #leaveHole(from: number, to: number): void {
    this.#options.log.warning("the exchange has no klines for a part of the history", {
      symbol: this.#options.symbol,
      from: isoMinute(from),
      to: isoMinute(to),
    });
    this.#next = to;
  }

  async #publish(bars: readonly Bar[]): Promise<void> {
    const last = bars.at(-1);
    if (last === undefined) return;
    await this.#options.publish(bars.map((bar) => {
      this.#vpin.push(bar);
      return withVpin(bar, this.#vpin.value);
    }));
    this.#last = last;
    this.#next = last.timestamp + MINUTE_MS;
  }
}
