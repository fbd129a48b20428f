import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { type Kline, MINUTE_MS } from "../../data/klines.ts";

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

/** The exchange allows 6,000 a minute; the rest is left to the user's other programs. */
const WEIGHT_BUDGET = 5000;

const TIMEOUT_MS = 5000;

/** Requests under way at once; few enough that the weight header is heeded in time. */
const CONCURRENCY = 4;

/** How long to stay away when the exchange says to, but not for how long. */
const DEFAULT_RETRY_AFTER_S = 60;

function explain(status: number): string {
  if (status === 451) return "the exchange does not serve this region (HTTP 451)";
  if (status === 403) return "a firewall of the exchange refuses this address (HTTP 403)";
  if (status === 429) return "too many requests (HTTP 429)";
  if (status === 418) return "this address is banned for a while (HTTP 418)";
  return `the exchange answered HTTP ${status}`;
}

function toKline(row: unknown): Kline {
  const values = Array.isArray(row) ? row.map(Number) : [];
  const [open_time = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values;
  const kline = { open_time, open, high, low, close, volume };
  const [quote_volume = NaN, num_trades = NaN, taker_buy_volume = NaN] = values.slice(7);
  const taker_buy_quote_volume = values[10] ?? NaN;
  const flow = { quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume };
  if (![...Object.values(kline), ...Object.values(flow)].every(Number.isFinite)) {
    throw new RestError(`the exchange sent a kline that is none: ${JSON.stringify(row)}`);
  }
  // Volume without a trade cannot be: this source does not know the columns beyond volume.
  return volume > 0 && num_trades === 0 ? kline : { ...kline, ...flow };
}

/** The exchange's REST interface, as far as MicroStream needs it. */
export class RestClient {
  readonly #baseUrl: string;
  readonly #closing: AbortSignal;
  readonly #limit = pLimit(CONCURRENCY);
  #pausedUntil = 0;

  /**
   * @param baseUrl Base URL without a trailing slash.
   * @param closing Aborts requests under way when the service ends.
   */
  constructor(baseUrl: string, closing: AbortSignal) {
    this.#baseUrl = baseUrl;
    this.#closing = closing;
  }

  /** The exchange's time, ms UTC, and how long the answer took. */
  async time(): Promise<{ readonly serverTime: number; readonly roundTripMs: number }> {
    const started = performance.now();
    // Not through the limit: behind other requests the round trip could not be measured.
    const answer = await this.#request("/api/v3/time", {});
    const roundTripMs = performance.now() - started;
    if (typeof answer === "object" && answer !== null && "serverTime" in answer) {
      const serverTime = Number(answer.serverTime);
      if (Number.isSafeInteger(serverTime)) return { serverTime, roundTripMs };
    }
    throw new RestError(`the exchange sent no time: ${JSON.stringify(answer)}`);
  }

  /**
   * One-minute klines of a range, oldest first, in as many requests as it takes (weight 2 each).
   *
   * @param from Open time of the first, ms UTC.
   * @param to End of the range, exclusive, ms UTC.
   */
  async klines(symbol: string, from: number, to: number): Promise<Kline[]> {
    const klines: Kline[] = [];
    for (let start = from; start < to;) {
      const rows = await this.#get("/api/v3/klines", {
        symbol,
        interval: "1m",
        startTime: String(start),
        endTime: String(to - 1),
        limit: String(KLINES_LIMIT),
      });
      if (!Array.isArray(rows)) throw new RestError("the exchange sent no list of klines");
      for (const row of rows) klines.push(toKline(row));
      const last = klines.at(-1);
      if (rows.length < KLINES_LIMIT || last === undefined) break;
      start = last.open_time + MINUTE_MS;
    }
    return klines;
  }

  #get(path: string, query: Record<string, string>): Promise<unknown> {
    return this.#limit(() => this.#request(path, query));
  }

  async #request(path: string, query: Record<string, string>): Promise<unknown> {
    const wait = this.#pausedUntil - Date.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.#closing });
    const url = `${this.#baseUrl}${path}?${new URLSearchParams(query)}`;
    let response: Response;
    try {
      response = await fetch(url, {
        signal: AbortSignal.any([this.#closing, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (cause) {
      throw new RestError(`no answer from ${this.#baseUrl}`, { cause });
    }
    this.#obeyLimits(response);
    if (!response.ok) {
      const said = /"msg":"([^"]{1,100})"/.exec(await response.text())?.[1];
      const why = explain(response.status) + (said === undefined ? "" : `: ${said}`);
      throw new RestError(why, { status: response.status });
    }
    try {
      return await response.json();
    } catch (cause) {
      throw new RestError(`an answer of ${this.#baseUrl} broke off`, { cause });
    }
  }

  /** "429 then 418, both with Retry-After"; and no more weight than the budget in a minute. */
  #obeyLimits(response: Response): void {
    const used = Number(response.headers.get("x-mbx-used-weight-1m"));
    if (response.status === 429 || response.status === 418) {
      const seconds = Number(response.headers.get("retry-after") ?? DEFAULT_RETRY_AFTER_S);
      this.#pauseFor(1000 * (Number.isFinite(seconds) ? seconds : DEFAULT_RETRY_AFTER_S));
    } else if (used > WEIGHT_BUDGET) {
      this.#pauseFor(MINUTE_MS - (Date.now() % MINUTE_MS));
    }
  }

  #pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + ms);
  }
}
