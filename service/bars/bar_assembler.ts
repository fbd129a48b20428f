import type { Kline } from "../../data/klines.ts";
import type { Log } from "../log.ts";
import { type Place, Sequencer } from "../market/sequencer.ts";
import type { Trade } from "../market/trade.ts";
import { type Bar, type BarSource, MINUTE_MS } from "./bar.ts";
import { BarBuilder, emptyBar, minuteOf } from "./bar_builder.ts";
import { barOfKline, isSound } from "./kline_bar.ts";

/** What an assembler needs of the rest of the service. */
export interface BarAssemblerOptions {
  readonly symbol: string;
  readonly source: BarSource;
  /** The last bar that is already published, if any. */
  readonly last: Bar | undefined;
  /** How many minutes of history to take from klines when there is no last bar. */
  readonly historyMinutes: number;
  /** Estimated time at the exchange, ms UTC. */
  readonly now: () => number;
  /** Waits so many ms; rejects when the service ends meanwhile. */
  readonly sleep: (ms: number) => Promise<void>;
  /** The exchange's klines, `from` inclusive to `to` exclusive. May fail; is asked again. */
  readonly klines: (symbol: string, from: number, to: number) => Promise<Kline[]>;
  /** Takes finished bars, each once, in the order of their minutes; the next ones wait for it. */
  readonly publish: (bars: readonly Bar[]) => Promise<void>;
  /** Told when a bar could not be published; nothing more comes after it. */
  readonly fail: (error: unknown) => void;
  readonly log: Log;
  /** Aborted when the service ends; what was under way is dropped then. */
  readonly closing: AbortSignal;
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
  readonly proof: Proof;
}

/** After the end of a minute its trades may still be under way for so long, ms. */
const GRACE_MS = 2000;
/** A day of minutes; whatever is dropped beyond is fetched as klines again. */
const MAX_DRAFTS = 1440;
/** Klines lag the stream by seconds; about half a minute is waited for one that is not vital. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const LAST_RETRY_MS = 15_000;
/** After hours without a trade the klines are asked for what happened, rather than making it up. */
const LONGEST_LULL_MS = 4 * 60 * MINUTE_MS;
/** Ids only grow with time; one that comes so much later and is not greater has begun anew, ms. */
const RESTARTED_MS = 1000;
/** An answer that lacks the wanted minute is believed after so many tries. */
const BELIEVED_AFTER = 3;

/**
 * Negative, 0 or positive. Volumes differ by at least 1e-8, the smallest lot; less is the rounding
 * of doubles.
 */
function compareVolumes(a: number, b: number): number {
  return Math.abs(a - b) <= Math.max(5e-9, 4 * Number.EPSILON * b) ? 0 : a - b;
}

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
  #problem: string | null = null;

  constructor(options: BarAssemblerOptions) {
    this.#options = options;
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
    if (this.#problem !== null) return this.#problem;
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

  async #settle(draft: Draft, builder: BarBuilder): Promise<void> {
    const own = this.#ownBar(draft, builder);
    if (draft.proof === "ids" && own !== undefined) await this.#publish([own]);
    else await this.#fill(draft.timestamp, draft.timestamp + MINUTE_MS, own);
  }

  /** The bar that the trades at hand make; none where they say nothing of the minute. */
  #ownBar({ proof, timestamp }: Draft, builder: BarBuilder): Bar | undefined {
    if (builder.trades > 0) return builder.build(proof === "nothing" ? "incomplete" : "trades");
    if (proof === "nothing" || this.#last?.timestamp !== timestamp - MINUTE_MS) return undefined;
    return emptyBar(builder.symbol, builder.source, timestamp, this.#last.close);
  }

  /**
   * Publishes the klines of a range. Of a single minute, the bar at hand is published when the
   * kline confirms it or cannot be had in time. What the exchange does not have stays a hole.
   */
  async #fill(from: number, to: number, atHand?: Bar): Promise<void> {
    const { symbol, source, log, closing } = this.#options;
    await this.#waitUntilFinal(to);
    const klines = await this.#fetch(from, to, atHand);
    closing.throwIfAborted();
    const [kline] = klines;
    if (atHand !== undefined && (kline === undefined || confirms(kline, atHand))) {
      await this.#publish([atHand]);
    } else {
      await this.#publish(klines.map((kline) => barOfKline(symbol, source, kline)));
    }
    const reached = this.#next ?? from;
    if (reached < to) {
      log.warning("the exchange has no klines for a part of the history", {
        symbol,
        from: new Date(reached).toISOString(),
        to: new Date(to).toISOString(),
      });
      this.#next = to;
    }
  }

  /** Klines may still change for a moment after their minute; waits that out, at most the grace. */
  async #waitUntilFinal(to: number): Promise<void> {
    const wait = Math.min(GRACE_MS, to + GRACE_MS - this.#options.now());
    if (wait > 0) await this.#options.sleep(wait);
  }

  /**
   * Asks for klines until the last wanted one is there. An exchange that answers without it is
   * believed after a few tries. One that does not answer is asked on and on, for a bar without a
   * predecessor could never be mended; unless there is a bar at hand to go on with.
   */
  async #fetch(from: number, to: number, atHand: Bar | undefined): Promise<Kline[]> {
    const { symbol, log, sleep, closing } = this.#options;
    let best: Kline[] = [];
    let answers = 0;
    for (let attempt = 0;; attempt++) {
      try {
        best = this.#usable(await this.#options.klines(symbol, from, to), from, to);
        const last = best.at(-1);
        const lags = last !== undefined && compareVolumes(last.volume, atHand?.volume ?? 0) < 0;
        this.#problem = null;
        if (last?.open_time === to - MINUTE_MS && !lags) return best;
        if (++answers >= BELIEVED_AFTER) return lags ? [] : best;
      } catch (error) {
        closing.throwIfAborted();
        const why = error instanceof Error ? error.message : String(error);
        this.#problem = `bars wait for klines: ${why}`;
        log.warning("cannot get klines; trying again", { symbol, why });
      }
      const wait = RETRY_MS[attempt];
      if (wait === undefined && atHand !== undefined) return best;
      await sleep(wait ?? LAST_RETRY_MS);
    }
  }

  /** Sound klines of the range, in order, none twice. */
  #usable(klines: readonly Kline[], from: number, to: number): Kline[] {
    let next = from;
    return klines.filter((kline) => {
      const usable = kline.open_time >= next && kline.open_time < to && isSound(kline);
      if (usable) next = kline.open_time + MINUTE_MS;
      return usable;
    });
  }

  async #publish(bars: readonly Bar[]): Promise<void> {
    const last = bars.at(-1);
    if (last === undefined) return;
    await this.#options.publish(bars);
    this.#last = last;
    this.#next = last.timestamp + MINUTE_MS;
    this.#problem = null;
  }
}
