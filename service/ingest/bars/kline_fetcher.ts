import { isSound, type Kline } from "../../../data/schema/kline.ts";
import type { Log } from "../../log.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { compareVolumes } from "./volumes.ts";
import { errorMessage } from "../../../data/common/errors.ts";

/** What a fetcher needs of the rest of the service. */
export interface KlineFetcherOptions {
  readonly symbol: string;
  /** Estimated time at the exchange, ms UTC. */
  readonly now: () => number;
  /** Waits so many ms; rejects when the service ends meanwhile. */
  readonly sleep: (ms: number) => Promise<void>;
  /** The exchange's klines, `from` inclusive to `to` exclusive. May fail; is asked again. */
  readonly klines: (symbol: string, from: number, to: number) => Promise<Kline[]>;
  readonly log: Log;
  /** Aborted when the service ends; what was under way is dropped then. */
  readonly closing: AbortSignal;
}

/** After the end of a minute its trades may still be under way for so long, ms. */
export const GRACE_MS = 2000;
/** Klines lag the stream by seconds; for so long one is waited for that the exchange lacks, ms. */
export const PATIENCE_MS = 30_000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const LAST_RETRY_MS = 15_000;
/** What ended longer ago is history that no exchange is behind with, ms. */
const LONGEST_LAG_MS = 10 * MINUTE_MS;
/** An answer that lacks the wanted minute is believed after so many tries, at the least. */
const BELIEVED_AFTER = 3;
/** Failed requests in a row that are worth a word. */
const TOLERATED = 2;

/**
 * Gets one symbol's klines, patiently: they may come seconds after their minute, and an exchange
 * that does not answer is asked on and on.
 */
export class KlineFetcher {
  readonly #options: KlineFetcherOptions;
  #problem: string | null = null;

  constructor(options: KlineFetcherOptions) {
    this.#options = options;
  }

  /** Why klines are waited for, for people; null while they are not. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * The klines of a range, once its last minute is final. The exchange's history may lag the
   * stream, and then shows that minute as it was seconds ago: an answer that goes beyond it shows
   * that it does not, another is asked for again for a while, unless it is long past.
   *
   * @param leastVolume Volume that is known to belong to the last minute; a kline with less lags.
   * @param settled Asked before each further try, with the ms waited so far; true ends the waiting.
   * @returns The klines that the exchange has, which may be none; undefined when it was settled.
   */
  async fetch(
    from: number,
    to: number,
    leastVolume: number,
    settled: (waitedMs: number) => boolean,
  ): Promise<Kline[] | undefined> {
    try {
      await this.#waitUntilFinal(to);
      return await this.#ask(from, to, leastVolume, settled);
    } finally {
      this.#problem = null;
    }
  }

  /** Until its minute is over a kline changes, and for a moment after. */
  async #waitUntilFinal(to: number): Promise<void> {
    const { now, sleep, closing } = this.#options;
    for (let wait = to + GRACE_MS - now(); wait > 0; wait = to + GRACE_MS - now()) {
      await sleep(Math.min(wait, GRACE_MS));
      closing.throwIfAborted();
    }
  }

  async #ask(
    from: number,
    to: number,
    leastVolume: number,
    settled: (waitedMs: number) => boolean,
  ): Promise<Kline[] | undefined> {
    const { symbol, now, sleep, log, closing } = this.#options;
    let answers = 0;
    let failures = 0;
    let waited = 0;
    for (let attempt = 0;; attempt++) {
      try {
        const answer = await this.#options.klines(symbol, from, to + MINUTE_MS);
        const klines = this.#usable(answer, from, to);
        failures = 0;
        const last = klines.at(-1);
        const beyond = answer.some(({ open_time }) => open_time >= to);
        const old = now() - to > LONGEST_LAG_MS;
        const lags = last !== undefined && compareVolumes(last.volume, leastVolume) < 0;
        const there = last?.open_time === to - MINUTE_MS && !lags;
        if (old || (beyond && there)) return lags ? [] : klines;
        const patient = waited >= PATIENCE_MS || (beyond && now() - to > PATIENCE_MS);
        if (++answers >= BELIEVED_AFTER && patient) return lags ? [] : klines;
      } catch (error) {
        closing.throwIfAborted();
        const why = errorMessage(error);
        if (++failures >= TOLERATED) this.#problem = `bars wait for klines: ${why}`;
        log.warning("cannot get klines; trying again", { symbol, why });
      }
      if (settled(waited)) return undefined;
      const wait = RETRY_MS[attempt] ?? LAST_RETRY_MS;
      await sleep(wait);
      closing.throwIfAborted();
      waited += wait;
      if (settled(waited)) return undefined;
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
}
