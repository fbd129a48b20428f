import pLimit from "p-limit";
import type { Clock } from "../../../data/common/clock.ts";
import { errorMessage, excerpt } from "../../../data/common/errors.ts";
import { chunk } from "../../../data/common/std/chunk.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import type { ExchangeRest, Listing, Purpose, TradeQuery } from "../exchange.ts";
import { withTimeout } from "../timeout.ts";
import { RequestWeightLimiter } from "./limits.ts";
import { refusalOfStatus } from "./refusal.ts";
import { klineOfRow, listingOfRow, nameOfRow, tradeOfRow } from "./rest_rows.ts";

/** A request that the exchange did not answer, or refused. */
export class RestError extends Error {
  override readonly name = "RestError";
  /** HTTP status; absent when no answer came. */
  readonly status: number | undefined;
  /** Binance's error code (errors.md); absent when it sent none. */
  readonly code: number | undefined;

  constructor(message: string, options: { status?: number; code?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
  }
}

/** What a client works with. */
export interface RestClientOptions {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly clock: Clock;
  /** The proxy that requests go through, for people; direct connections when absent. */
  readonly via?: string;
  /** The global one by default. */
  readonly fetch?: typeof fetch;
}

/** Most rows in an answer of `/api/v3/klines`. */
export const KLINES_PER_PAGE = 1000;
/** Most rows in an answer of `/api/v3/aggTrades`. */
export const TRADES_PER_PAGE = 1000;

/** Weights of the requests (rest-api.md). */
const WEIGHT = { time: 1, klines: 2, aggTrades: 4, exchangeInfo: 20, tickerPrice: 4 };

/** Markets in one request for their states; their names are a part of the URL. */
const LISTINGS_PER_REQUEST = 100;
/** "Invalid symbol.", "Illegal characters found in a parameter." (errors.md). */
const UNKNOWN_SYMBOL: ReadonlySet<number | undefined> = new Set([-1121, -1100]);

const TIMEOUT_MS = 5000;

/** Concurrent requests by purpose; none waits for one of another purpose. */
const CONCURRENCY: Readonly<Record<Purpose, number>> = {
  repair: 32,
  viewed: 4,
  history: 16,
  audit: 1,
};

/** A longer ban fails requests instead of delaying them, ms. */
const MAX_DELAY_MS = 5000;

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

function parseRows<Row>(rows: readonly unknown[], parse: (row: unknown) => Row): Row[] {
  try {
    return rows.map(parse);
  } catch (cause) {
    throw new RestError(errorMessage(cause), { cause });
  }
}

/** Binance's REST interface, as far as MicroStream needs it. All methods throw {@linkcode RestError}. */
export class RestClient implements ExchangeRest {
  readonly #url: string;
  /** What the messages add, as the proxy may be the one that fails or refuses. */
  readonly #via: string;
  readonly #clock: Clock;
  readonly #fetch: typeof fetch;
  readonly #closing = new AbortController();
  readonly #weight: RequestWeightLimiter;
  readonly #limits = {
    repair: pLimit(CONCURRENCY.repair),
    viewed: pLimit(CONCURRENCY.viewed),
    history: pLimit(CONCURRENCY.history),
    audit: pLimit(CONCURRENCY.audit),
  };
  /** End of a ban, monotonic ms. */
  #bannedUntil = -Infinity;
  #ban: RestError | undefined;

  constructor(options: RestClientOptions) {
    this.#url = options.url;
    this.#via = options.via === undefined ? "" : ` through ${options.via}`;
    this.#clock = options.clock;
    this.#fetch = options.fetch ?? fetch;
    this.#weight = new RequestWeightLimiter(options.clock);
  }

  get usedWeight(): number {
    return this.#weight.used;
  }

  /** Aborts the requests under way and fails all later ones. */
  close(): void {
    this.#closing.abort();
  }

  async time(): Promise<{ readonly serverTime: number; readonly roundTripMs: number }> {
    const started = this.#clock.monotonic();
    // Not queued behind other requests: that would distort the round trip.
    const answer = await this.#request({
      path: "/api/v3/time",
      query: {},
      weight: WEIGHT.time,
      purpose: "repair",
    });
    const roundTripMs = this.#clock.monotonic() - started;
    if (typeof answer === "object" && answer !== null && "serverTime" in answer) {
      const serverTime = Number(answer.serverTime);
      if (Number.isSafeInteger(serverTime)) return { serverTime, roundTripMs };
    }
    throw new RestError(`the exchange sent no time: ${JSON.stringify(answer)}`);
  }

  async klines(
    symbol: string,
    from: number,
    to: number,
    purpose: Purpose = "history",
  ): Promise<Kline[]> {
    // Range by range: many at once would keep the pages of all of them in memory.
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
              limit: String(KLINES_PER_PAGE),
            },
            weight: WEIGHT.klines,
            purpose,
          }),
        );
        for (const kline of parseRows(rows, klineOfRow)) klines.push(kline);
        const last = klines.at(-1);
        if (rows.length < KLINES_PER_PAGE || last === undefined) break;
        start = last.open_time + MINUTE_MS;
      }
      return klines;
    });
  }

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
    return parseRows(rows, (row) => tradeOfRow(symbol, row));
  }

  async listings(symbols: readonly string[]): Promise<ReadonlyMap<string, Listing>> {
    const listings = new Map<string, Listing>();
    for (const group of chunk(symbols, LISTINGS_PER_REQUEST)) {
      for (const [symbol, listing] of await this.#listings(group)) listings.set(symbol, listing);
    }
    return listings;
  }

  /** One unknown market fails a request for many: then only those that have a price are asked for. */
  async #listings(symbols: readonly string[]): Promise<ReadonlyMap<string, Listing>> {
    try {
      return await this.#exchangeInfo(symbols);
    } catch (error) {
      if (!(error instanceof RestError) || !UNKNOWN_SYMBOL.has(error.code)) throw error;
    }
    if (symbols.length === 1) return new Map(symbols.map((symbol) => [symbol, "unknown"]));
    const priced = new Set(await this.names().catch(() => []));
    const known = symbols.filter((symbol) => priced.has(symbol));
    const groups = known.length === 0 || known.length === symbols.length
      ? chunk(symbols, 1)
      : [known];
    const listings = new Map<string, Listing>(symbols.map((symbol) => [symbol, "unknown"]));
    for (const group of groups) {
      for (const [symbol, listing] of await this.#listings(group)) listings.set(symbol, listing);
    }
    return listings;
  }

  /** @throws RestError with the code of an unknown symbol when one of them is. */
  async #exchangeInfo(symbols: readonly string[]): Promise<ReadonlyMap<string, Listing>> {
    const answer = await this.#limits.repair(() =>
      this.#request({
        path: "/api/v3/exchangeInfo",
        query: { symbols: JSON.stringify(symbols), showPermissionSets: "false" },
        weight: WEIGHT.exchangeInfo,
        purpose: "repair",
      })
    );
    const rows = typeof answer === "object" && answer !== null && "symbols" in answer
      ? answer.symbols
      : undefined;
    const stated = new Map(parseRows(list(rows), listingOfRow));
    return new Map(symbols.map((symbol) => [symbol, stated.get(symbol) ?? "unknown"]));
  }

  /** Prices are the lightest answer that has the names of all markets. */
  async names(): Promise<readonly string[]> {
    const rows = list(
      await this.#limits.repair(() =>
        this.#request({
          path: "/api/v3/ticker/price",
          query: {},
          weight: WEIGHT.tickerPrice,
          purpose: "repair",
        })
      ),
    );
    return parseRows(rows, nameOfRow);
  }

  async #request({ path, query, weight, purpose }: Request): Promise<unknown> {
    await this.#waitForBan();
    for (
      let waitMs = this.#weight.take(weight, purpose);
      waitMs > 0;
      waitMs = this.#weight.take(weight, purpose)
    ) {
      await this.#clock.sleep(waitMs, this.#closing.signal);
    }
    const url = `${this.#url}${path}?${new URLSearchParams(query)}`;
    return await withTimeout(
      this.#clock,
      TIMEOUT_MS,
      this.#closing.signal,
      (signal) => this.#get(url, signal),
    ).catch((error: unknown) => {
      if (error instanceof RestError) throw error;
      throw new RestError(`no answer from ${this.#url}${this.#via}`, { cause: error });
    });
  }

  async #get(url: string, signal: AbortSignal): Promise<unknown> {
    // Called without `this`, as the platform's own requires.
    const send = this.#fetch;
    const response = await send(url, { signal });
    this.#weight.observe(Number(response.headers.get("x-mbx-used-weight-1m") ?? 0));
    if (!response.ok) throw await this.#refused(response);
    let text = "";
    try {
      text = await response.text();
      return JSON.parse(text);
    } catch (cause) {
      const isBroken = text === "" || /^\s*[[{]/.test(text);
      const what = isBroken
        ? `an answer of ${this.#url} broke off`
        : `${this.#url} answered with something other than JSON ` +
          `(${excerpt(text.trim())}): a login page or a proxy may be in between`;
      throw new RestError(what, { cause });
    }
  }

  /** "429 then 418, both with Retry-After": requests during a ban prolong it. */
  async #waitForBan(): Promise<void> {
    const waitMs = this.#bannedUntil - this.#clock.monotonic();
    if (waitMs > MAX_DELAY_MS && this.#ban !== undefined) throw this.#ban;
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#closing.signal);
  }

  async #refused(response: Response): Promise<RestError> {
    const { status, headers } = response;
    const { message, waitMs } = refusalOfStatus(status, headers.get("retry-after"));
    const text = await response.text().catch(() => "");
    const detail = /"msg":"([^"]{1,100})"/.exec(text)?.[1];
    const code = /"code":(-?\d{1,6})/.exec(text)?.[1];
    const error = new RestError(
      message + (status === 404 ? ` at ${this.#url}` : "") + this.#via +
        (detail === undefined ? "" : `: ${detail}`),
      { status, ...(code !== undefined && { code: Number(code) }) },
    );
    if (status === 429 || status === 418) {
      this.#bannedUntil = Math.max(this.#bannedUntil, this.#clock.monotonic() + waitMs);
      this.#ban = error;
    }
    return error;
  }
}
