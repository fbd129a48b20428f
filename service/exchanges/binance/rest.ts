import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { type Kline, MINUTE_MS } from "../../../data/files/klines.ts";
import { refusalOfStatus } from "./refusal.ts";
import { klineOfRow, tradeOfRow } from "./rest_rows.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import type { TradeQuery } from "../../ingest/trade_line.ts";
import { type Purpose, WeightBudget } from "./weight.ts";
import { errorMessage } from "../../../data/common/errors.ts";

/** A request that the exchange did not answer, or refused. */
export class RestError extends Error {
  override readonly name = "RestError";
  /** HTTP status; absent when no answer came. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** The most rows that `/api/v3/klines` gives at once. */
const KLINES_LIMIT = 1000;

/** Weights of the requests (rest-api.md). */
const WEIGHT = { time: 1, klines: 2, aggTrades: 4 };

const TIMEOUT_MS = 5000;

/** Requests under way at once, by purpose: none waits behind one of another. */
const CONCURRENCY: Readonly<Record<Purpose, number>> = { repair: 4, history: 4, audit: 1 };

/** Who has to stay away for longer is told so, rather than made to wait, ms. */
const LONGEST_WAIT_MS = 5000;

interface Request {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly weight: number;
  readonly purpose: Purpose;
}

function list(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new RestError("the exchange sent no list");
}

/** The exchange's REST interface, as far as MicroStream needs it. */
export class RestClient {
  readonly #baseUrl: string;
  readonly #closing: AbortSignal;
  readonly #budget = new WeightBudget(Date.now);
  readonly #limits = {
    repair: pLimit(CONCURRENCY.repair),
    history: pLimit(CONCURRENCY.history),
    audit: pLimit(CONCURRENCY.audit),
  };
  #pausedUntil = 0;
  #pause: RestError | undefined;

  /**
   * @param baseUrl Base URL without a trailing slash.
   * @param closing Aborts requests under way when the service ends.
   */
  constructor(baseUrl: string, closing: AbortSignal) {
    this.#baseUrl = baseUrl;
    this.#closing = closing;
  }

  /** Request weight used in the present minute, as far as it is known. */
  get usedWeight(): number {
    return this.#budget.used;
  }

  /** The exchange's time, ms UTC, and how long the answer took. */
  async time(): Promise<{ readonly serverTime: number; readonly roundTripMs: number }> {
    const started = performance.now();
    // Not through a limit: behind other requests the round trip could not be measured.
    const answer = await this.#request({
      path: "/api/v3/time",
      query: {},
      weight: WEIGHT.time,
      purpose: "repair",
    });
    const roundTripMs = performance.now() - started;
    if (typeof answer === "object" && answer !== null && "serverTime" in answer) {
      const serverTime = Number(answer.serverTime);
      if (Number.isSafeInteger(serverTime)) return { serverTime, roundTripMs };
    }
    throw new RestError(`the exchange sent no time: ${JSON.stringify(answer)}`);
  }

  /**
   * One-minute klines of a range, oldest first, in as many requests as it takes.
   *
   * @param from Open time of the first, ms UTC.
   * @param to End of the range, exclusive, ms UTC.
   * @throws RestError when the exchange does not answer, or not as it should.
   */
  async klines(
    symbol: string,
    from: number,
    to: number,
    purpose: Purpose = "history",
  ): Promise<Kline[]> {
    // One range after the other: the pages of many at once would have to be kept all.
    return await this.#limits[purpose](async () => {
      const klines: Kline[] = [];
      for (let start = from; start < to;) {
        const rows = list(
          await this.#request({
            path: "/api/v3/klines",
            query: {
              symbol,
              interval: "1m",
              startTime: String(start),
              endTime: String(to - 1),
              limit: String(KLINES_LIMIT),
            },
            weight: WEIGHT.klines,
            purpose,
          }),
        );
        for (const kline of this.#understand(rows, klineOfRow)) klines.push(kline);
        const last = klines.at(-1);
        if (rows.length < KLINES_LIMIT || last === undefined) break;
        start = last.open_time + MINUTE_MS;
      }
      return klines;
    });
  }

  /**
   * Aggregate trades of the exchange's history, oldest first; a void one has quantity 0.
   *
   * @throws RestError when the exchange does not answer, or not as it should.
   */
  async aggTrades(symbol: string, query: TradeQuery): Promise<Trade[]> {
    const { fromId, startTime, limit } = query;
    const rows = list(
      await this.#limits.repair(() =>
        this.#request({
          path: "/api/v3/aggTrades",
          query: {
            symbol,
            ...(fromId !== undefined && { fromId: String(fromId) }),
            ...(startTime !== undefined && { startTime: String(startTime) }),
            limit: String(limit),
          },
          weight: WEIGHT.aggTrades,
          purpose: "repair",
        })
      ),
    );
    return this.#understand(rows, (row) => tradeOfRow(symbol, row));
  }

  #understand<Row>(rows: readonly unknown[], parse: (row: unknown) => Row): Row[] {
    try {
      return rows.map(parse);
    } catch (cause) {
      throw new RestError(errorMessage(cause), { cause });
    }
  }

  async #request({ path, query, weight, purpose }: Request): Promise<unknown> {
    await this.#stayAway();
    for (
      let wait = this.#budget.take(weight, purpose);
      wait > 0;
      wait = this.#budget.take(weight, purpose)
    ) {
      await sleep(wait, undefined, { signal: this.#closing });
    }
    const url = `${this.#baseUrl}${path}?${new URLSearchParams(query)}`;
    let response: Response;
    try {
      response = await fetch(url, {
        signal: AbortSignal.any([this.#closing, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (cause) {
      throw new RestError(`no answer from ${this.#baseUrl}`, { cause });
    }
    this.#budget.told(Number(response.headers.get("x-mbx-used-weight-1m") ?? 0));
    if (!response.ok) throw await this.#refused(response);
    try {
      return await response.json();
    } catch (cause) {
      throw new RestError(`an answer of ${this.#baseUrl} broke off`, { cause });
    }
  }

  /** "429 then 418, both with Retry-After": who goes on asking is banned for longer. */
  async #stayAway(): Promise<void> {
    const wait = this.#pausedUntil - Date.now();
    if (wait > LONGEST_WAIT_MS && this.#pause !== undefined) throw this.#pause;
    if (wait > 0) await sleep(wait, undefined, { signal: this.#closing });
  }

  async #refused(response: Response): Promise<RestError> {
    const { status, headers } = response;
    const { message, waitMs } = refusalOfStatus(status, headers.get("retry-after"));
    const said = /"msg":"([^"]{1,100})"/.exec(await response.text().catch(() => ""))?.[1];
    const error = new RestError(said === undefined ? message : `${message}: ${said}`, { status });
    if (status === 429 || status === 418) {
      this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + waitMs);
      this.#pause = error;
    }
    return error;
  }
}
