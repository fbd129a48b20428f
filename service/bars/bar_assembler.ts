import type { Kline } from "../../data/klines.ts";
import { type Place, Sequencer } from "./sequencer.ts";
import type { Trade } from "../market/trade.ts";
import { type Bar, type BarSource, MINUTE_MS } from "./bar.ts";
import { BarBuilder, emptyBar, minuteOf } from "./bar_builder.ts";
import { barOfKline } from "./kline_bar.ts";
import { GRACE_MS, KlineFetcher, type KlineFetcherOptions, PATIENCE_MS } from "./kline_fetcher.ts";
import { compareVolumes } from "./volumes.ts";

/** What an assembler needs of the rest of the service. */
export interface BarAssemblerOptions extends KlineFetcherOptions {
  readonly source: BarSource;
  /** The last bar that is already published, if any. */
  readonly last: Bar | undefined;
  /** How many minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Takes finished bars, each once, in the order of their minutes; the next ones wait for it. */
  readonly publish: (bars: readonly Bar[]) => Promise<void>;
  /** Told when a bar could not be published; nothing more comes after it. */
  readonly fail: (error: unknown) => void;
}

/** What an assembler has counted since its start. */
export interface BarCounts {
  readonly trades: number;
  readonly gaps: number;
  readonly missingTrades: number;
  readonly duplicates: number;
  readonly late: number;
}

/**
 * What vouches for a minute's trades being all there.
 *
 * - `ids`: an unbroken run of ids into a later minute; nothing can be missing
 * - `connection`: no hole so far on a live connection; only a later id could prove it, so the
 *   exchange's kline is asked
 * - `nothing`: a part is missing or may be
 */
type Proof = "ids" | "connection" | "nothing";

/** A finished minute that waits for its turn, or (`builder` undefined) a wish to catch up. */
interface Draft {
  /** Open time of the minute; when catching up, of the first minute not wanted. */
  readonly timestamp: number;
  readonly builder: BarBuilder | undefined;
  /** May become `ids` or `nothing` while the draft waits, with the next trade. */
  proof: Proof;
}

/** A day of minutes; whatever is dropped beyond is fetched as klines again. */
const MAX_DRAFTS = 1440;
/** After hours without a trade the klines are asked for what happened, rather than making it up. */
const LONGEST_LULL_MS = 4 * 60 * MINUTE_MS;
/** Ids only grow with time; one that comes so much later and is not greater has begun anew, ms. */
const RESTARTED_MS = 1000;

function isoMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/** Whether a kline says that a bar, whole as far as is known, lacks no trade. */
function confirms(kline: Kline, bar: Bar): boolean {
  return bar.quality !== "incomplete" && compareVolumes(kline.volume, bar.volume) === 0;
}

/**
 * Makes the bars of one symbol from its trades: by exchange time, in order, without a hole and
 * none twice. A minute whose trades are not provably complete is checked against the exchange's
 * kline, and taken from it where they are not.
 */
export class BarAssembler {
  readonly #options: BarAssemblerOptions;
  #sequencer = new Sequencer();
  readonly #drafts: Draft[] = [];
  readonly #counts = { trades: 0, gaps: 0, missingTrades: 0, duplicates: 0, late: 0 };
  #forming: BarBuilder | undefined;
  #formingComplete = false;
  #connected = false;
  /** No trade can have been missed between the last one received and now. */
  #proven = false;
  #pumping = false;
  #last: Bar | undefined;
  /** Open time of the next bar to publish; undefined until the first connection. */
  #next: number | undefined;
  #lastTradeTime: number | null = null;
  /** Drafts that the next trade's id will decide of. */
  #undecided: Draft[] = [];
  readonly #fetcher: KlineFetcher;

  constructor(options: BarAssemblerOptions) {
    this.#options = options;
    this.#fetcher = new KlineFetcher(options);
    this.#last = options.last;
    this.#next = options.last && options.last.timestamp + MINUTE_MS;
  }

  /** What was counted since the start. */
  get counts(): BarCounts {
    return this.#counts;
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

  /** Exchange time of the last trade, ms UTC. */
  get lastTradeTime(): number | null {
    return this.#lastTradeTime;
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
    return forming.build(this.#formingComplete ? "trades" : "incomplete");
  }

  /** The connection stands (again): fetches what was missed before the current minute. */
  connected(): void {
    this.#connected = true;
    const minute = minuteOf(this.#options.now());
    this.#next ??= minute - this.#options.historyMinutes * MINUTE_MS;
    this.#forming ??= this.#start(minute, false);
    this.#enqueue({ timestamp: minute, builder: undefined, proof: "nothing" });
  }

  /** The connection is gone; until the next trade nothing is known of the trades since. */
  disconnected(): void {
    this.#connected = false;
    this.#proven = false;
  }

  /** Takes a trade of this symbol, in the order of arrival. */
  trade(trade: Trade): void {
    let place = this.#sequencer.place(trade.id);
    if (place.kind === "duplicate") {
      if (trade.time - (this.#lastTradeTime ?? trade.time) < RESTARTED_MS) {
        this.#counts.duplicates++;
        return;
      }
      place = this.#restartIds(trade);
    }
    if (place.kind === "gap") this.#seeGap(place.missing, trade);
    if (place.kind === "first") this.#formingComplete = false;
    this.#proven = this.#connected;
    const minute = minuteOf(trade.time);
    this.#decide(place.kind === "next", minute);
    const forming = this.#forming ??= this.#start(minute, false);
    if (minute < forming.timestamp) {
      this.#counts.late++;
      return;
    }
    this.#counts.trades++;
    this.#lastTradeTime = trade.time;
    const proof = place.kind === "next" ? "ids" : "nothing";
    (minute > forming.timestamp ? this.#moveTo(minute, proof) : forming).add(trade);
  }

  /** Closes the minutes that the clock says are over, as far as the connection can vouch for it. */
  closeDue(): void {
    if (!this.#connected) return;
    const over = minuteOf(this.#options.now() - GRACE_MS);
    if (this.#forming !== undefined && this.#forming.timestamp < over) {
      this.#moveTo(over, this.#proven ? "connection" : "nothing");
    }
  }

  /** An id without a hole before it proves the minutes before its own; any other proves nothing. */
  #decide(unbroken: boolean, minute: number): void {
    for (const draft of this.#undecided) {
      draft.proof = unbroken && minute > draft.timestamp ? "ids" : "nothing";
    }
    this.#undecided = [];
  }

  /** The exchange counts anew; what came between the old ids and the new ones is unknown. */
  #restartIds(trade: Trade): Place {
    const { symbol, log } = this.#options;
    log.warning("the exchange's trade ids have begun anew", { symbol, id: trade.id });
    this.#sequencer = new Sequencer();
    return this.#sequencer.place(trade.id);
  }

  #seeGap(missing: number, trade: Trade): void {
    this.#counts.gaps++;
    this.#counts.missingTrades += missing;
    this.#formingComplete = false;
    this.#options.log.warning("trades are missing; their minute is taken from the kline", {
      symbol: this.#options.symbol,
      missing,
      before: trade.id,
    });
  }

  #start(minute: number, complete: boolean): BarBuilder {
    this.#formingComplete = complete;
    return this.#forming = new BarBuilder(this.#options.symbol, this.#options.source, minute);
  }

  /**
   * Closes the forming minute and the tradeless ones up to `minute`, which becomes the forming one.
   *
   * @param vouched What vouches for no trade being missing since the last one.
   */
  #moveTo(minute: number, vouched: Proof): BarBuilder {
    const forming = this.#forming;
    let proof = vouched;
    if (forming) {
      if (minute - forming.timestamp > LONGEST_LULL_MS) proof = "nothing";
      const { timestamp, symbol, source } = forming;
      this.#enqueue({
        timestamp,
        builder: forming,
        proof: this.#formingComplete ? proof : "nothing",
      });
      for (let t = timestamp + MINUTE_MS; proof !== "nothing" && t < minute; t += MINUTE_MS) {
        this.#enqueue({ timestamp: t, builder: new BarBuilder(symbol, source, t), proof });
      }
    }
    return this.#start(minute, proof !== "nothing");
  }

  #enqueue(draft: Draft): void {
    if (this.#drafts.length >= MAX_DRAFTS) this.#drafts.shift();
    this.#drafts.push(draft);
    if (draft.proof === "connection") {
      const waiting = this.#undecided.filter(({ timestamp }) => timestamp >= (this.#next ?? 0));
      this.#undecided = [...waiting, draft];
    }
    if (this.#pumping) return;
    this.#pump().catch((error: unknown) => {
      if (!this.#options.closing.aborted) this.#options.fail(error);
    });
  }

  /** Publishes drafts one after another; the order of bars rests on there being one pump. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let draft = this.#drafts.shift(); draft !== undefined; draft = this.#drafts.shift()) {
      const next = this.#next ??= draft.timestamp;
      if (draft.timestamp > next) await this.#fill(next, draft.timestamp);
      if (draft.builder !== undefined && draft.timestamp === this.#next) {
        await this.#settle(draft, draft.builder);
      }
    }
    this.#pumping = false;
  }

  /**
   * Publishes a minute: its own bar as soon as ids prove it, else what the exchange's kline says.
   * A bar of which a part is missing is published as such when no kline can be had in time.
   */
  async #settle(draft: Draft, builder: BarBuilder): Promise<void> {
    const { timestamp } = draft;
    const { symbol, source } = builder;
    for (;;) {
      const { proof } = draft;
      const own = this.#ownBar(draft, builder);
      if (proof === "ids" && own !== undefined) return await this.#publish([own]);
      const klines = await this.#fetcher.fetch(
        timestamp,
        timestamp + MINUTE_MS,
        own?.volume ?? 0,
        (waited) =>
          draft.proof !== proof || (own?.quality === "incomplete" && waited >= PATIENCE_MS),
      );
      this.#options.closing.throwIfAborted();
      if (klines === undefined && draft.proof !== proof) continue;
      const kline = klines?.[0];
      const confirmed = kline !== undefined && own !== undefined && confirms(kline, own);
      if (own !== undefined && (confirmed || (kline === undefined && builder.trades > 0))) {
        return await this.#publish([own]);
      }
      if (kline !== undefined) return await this.#publish([barOfKline(symbol, source, kline)]);
      return this.#leaveHole(timestamp, timestamp + MINUTE_MS);
    }
  }

  /** The bar that the trades at hand make; none where they say nothing of the minute. */
  #ownBar({ proof, timestamp }: Draft, builder: BarBuilder): Bar | undefined {
    if (builder.trades > 0) return builder.build(proof === "nothing" ? "incomplete" : "trades");
    if (proof === "nothing" || this.#last?.timestamp !== timestamp - MINUTE_MS) return undefined;
    return emptyBar(builder.symbol, builder.source, timestamp, this.#last.close);
  }

  /** Publishes the klines of a range. What the exchange does not have stays a hole. */
  async #fill(from: number, to: number): Promise<void> {
    const { symbol, source, closing } = this.#options;
    const klines = await this.#fetcher.fetch(from, to, 0, () => false) ?? [];
    closing.throwIfAborted();
    await this.#publish(klines.map((kline) => barOfKline(symbol, source, kline)));
    const reached = this.#next ?? from;
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
    await this.#options.publish(bars);
    this.#last = last;
    this.#next = last.timestamp + MINUTE_MS;
  }
}
