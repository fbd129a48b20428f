import { isSound, type Kline } from "../../../data/schema/kline.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { errorMessage } from "../../../data/common/errors.ts";
import { Attempts, type RetryPolicy } from "../../../data/common/retry.ts";
import { deadline } from "../../../data/common/std/deadline.ts";
import type { Purpose } from "../../exchanges/exchange.ts";
import { type IngestContext, REPORTED_FAILURES } from "../context.ts";
import { compareVolumes } from "./volumes.ts";

/** After the end of a minute its trades may still arrive for this time, ms. */
export const GRACE_MS = 2000;
/** Klines lag the stream by seconds: one that is missing is waited for this long, ms. */
export const PATIENCE_MS = 30_000;
/** Waits without jitter: the requests of many symbols are spread by the REST client's queue. */
const POLICY: RetryPolicy = { firstMs: 500, maxMs: 15_000, jitter: 0 };
/** No exchange lags this far behind with its history, ms. */
const MAX_LAG_MS = 10 * MINUTE_MS;
/** Minimum number of answers without the wanted minute before they are believed. */
const BELIEVED_AFTER = 3;

/** Which klines are wanted. */
export interface KlineRange {
  /** Open time of the first, ms UTC. */
  readonly from: number;
  /** End of the range, exclusive, ms UTC. */
  readonly to: number;
  /** Volume that is known to belong to the last minute; a kline with less lags. 0 by default. */
  readonly leastVolume?: number;
  /** Time after which the klines are given up, ms; unlimited by default. */
  readonly patienceMs?: number;
  /** Whether it is history, which waits for its turn; minutes that have just ended do not. */
  readonly history?: boolean;
  /** Aborts when the klines are not needed any more. */
  readonly moot?: AbortSignal;
}

/**
 * Fetches one symbol's klines once they are final. They may lag the stream by seconds, and an
 * exchange that does not answer is asked again until it does.
 */
export class KlineFetcher {
  readonly #context: IngestContext;
  readonly #symbol: string;
  #problem: string | null = null;

  constructor(context: IngestContext, symbol: string) {
    this.#context = context;
    this.#symbol = symbol;
  }

  /** Why klines are delayed, for people; null while they are not. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * The klines of a range, once its last minute is final. The exchange's history may lag, and then
   * shows that minute as it was seconds ago. An answer that goes beyond the range proves that it
   * does not; another one is requested again for a while, unless the range is long past.
   *
   * @returns The klines that the exchange has, which may be none; undefined when they are moot or
   *   given up.
   */
  async fetch(range: KlineRange): Promise<readonly Kline[] | undefined> {
    const { signal } = this.#context;
    const end = range.moot === undefined ? signal : AbortSignal.any([signal, range.moot]);
    try {
      await this.#waitUntilFinal(range.to, end);
      return await this.#request(range, end);
    } catch (error) {
      signal.throwIfAborted();
      if (range.moot?.aborted) return undefined;
      throw error;
    } finally {
      this.#problem = null;
    }
  }

  /** A kline changes until its minute is over, and for a moment after. */
  async #waitUntilFinal(to: number, end: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    for (let left = to + GRACE_MS - clock.now(); left > 0; left = to + GRACE_MS - clock.now()) {
      // In steps, for the exchange's clock may be corrected meanwhile.
      await clock.sleep(Math.min(left, GRACE_MS), end);
    }
  }

  async #request(
    { from, to, leastVolume = 0, patienceMs = Infinity, history = false }: KlineRange,
    end: AbortSignal,
  ): Promise<readonly Kline[] | undefined> {
    const { exchange: { rest }, history: queue, clock, logger } = this.#context;
    const ask = (purpose: Purpose) => rest.klines(this.#symbol, from, to + MINUTE_MS, purpose);
    const attempts = new Attempts({ policy: POLICY, clock, signal: end });
    let answers = 0;
    let failures = 0;
    for (;;) {
      try {
        const request = history ? queue.run(this.#symbol, ask) : ask("repair");
        const answer = await deadline(request, Infinity, { signal: end });
        failures = 0;
        const klines = usable(answer, from, to);
        const last = klines.at(-1);
        const beyond = answer.some(({ open_time }) => open_time >= to);
        const past = clock.now() - to;
        const lags = last !== undefined && compareVolumes(last.volume, leastVolume) < 0;
        const complete = last?.open_time === to - MINUTE_MS && !lags;
        const waited = attempts.elapsedMs >= PATIENCE_MS || (beyond && past > PATIENCE_MS);
        const believed = ++answers >= BELIEVED_AFTER && waited;
        if (past > MAX_LAG_MS || (beyond && complete) || believed) return lags ? [] : klines;
      } catch (error) {
        end.throwIfAborted();
        const why = errorMessage(error);
        if (++failures >= REPORTED_FAILURES) this.#problem = `bars wait for klines: ${why}`;
        logger.warning("cannot fetch klines; retrying", { symbol: this.#symbol, why });
      }
      if (attempts.elapsedMs >= patienceMs) return undefined;
      await attempts.wait();
      if (attempts.elapsedMs >= patienceMs) return undefined;
    }
  }
}

/** Valid klines of a range, in order, each minute once. */
function usable(klines: readonly Kline[], from: number, to: number): readonly Kline[] {
  let next = from;
  return klines.filter((kline) => {
    const isNext = kline.open_time >= next && kline.open_time < to && isSound(kline);
    if (isNext) next = kline.open_time + MINUTE_MS;
    return isNext;
  });
}
