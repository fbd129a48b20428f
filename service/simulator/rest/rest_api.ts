import type { VirtualClock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import type { MarketSource } from "../source.ts";
import type { Timers } from "../clock.ts";
import { aggTrades } from "./agg_trades.ts";
import { json, RequestError, type RestResponse } from "./response.ts";
import { exchangeInfo } from "./exchange_info.ts";
import { klines } from "./klines.ts";
import { tickerPrice } from "./ticker_price.ts";
import { WeightMeter } from "./weight.ts";

interface Route {
  /** Request weight, of 6,000 a minute. */
  readonly weight: number;
  /** Whether the response has trades or klines, which may lag. */
  readonly lags?: boolean;
  readonly handle: (source: MarketSource, query: URLSearchParams, now: number) => unknown;
}

/** Weights as in Binance's rest-api.md. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/api/v3/ping", { weight: 1, handle: () => ({}) }],
  ["/api/v3/time", { weight: 1, handle: (_source, _query, now) => ({ serverTime: now }) }],
  ["/api/v3/exchangeInfo", { weight: 20, handle: exchangeInfo }],
  ["/api/v3/ticker/price", { weight: 4, handle: tickerPrice }],
  ["/api/v3/klines", { weight: 2, lags: true, handle: klines }],
  ["/api/v3/aggTrades", { weight: 4, lags: true, handle: aggTrades }],
]);

/** The simulator's REST interface. */
export class RestApi {
  readonly #source: MarketSource;
  readonly #clock: VirtualClock;
  readonly #timers: Timers;
  readonly #faults: Faults;
  readonly #log: (message: string) => void;
  readonly #weight = new WeightMeter();

  /** @param log Receives internal errors; the client gets HTTP 500. */
  constructor(
    source: MarketSource,
    clock: VirtualClock,
    timers: Timers,
    faults: Faults,
    log: (message: string) => void,
  ) {
    this.#source = source;
    this.#log = log;
    this.#clock = clock;
    this.#timers = timers;
    this.#faults = faults;
  }

  /**
   * Responds to a request.
   *
   * @param method HTTP method.
   * @param target Path and query of the request line.
   */
  respond(method: string, target: string): RestResponse {
    const url = URL.parse(target, "http://exchange");
    const route = url && ROUTES.get(url.pathname);
    if (!route) return json(404, { code: -1000, msg: `no such path: ${target}` });
    if (method !== "GET") {
      return json(405, { code: -1000, msg: `method must be GET: current value is ${method}` });
    }
    const used = this.#weight.add(route.weight, this.#timers.now());
    const response = this.#route(route, url.searchParams);
    const headers = { ...response.headers, "x-mbx-used-weight-1m": String(used) };
    return this.#faults.http.apply({ ...response, headers }, this.#clock.now());
  }

  #route(route: Route, query: URLSearchParams): RestResponse {
    const time = this.#clock.now();
    const now = route.lags ? this.#faults.knownTime(time) : this.#faults.reportedTime(time);
    try {
      return json(200, route.handle(this.#source, query, now));
    } catch (error) {
      if (error instanceof RequestError) return json(400, { code: error.code, msg: error.message });
      this.#log(`REST: ${error instanceof Error ? error.stack : error}`);
      return json(500, {
        code: -1000,
        msg: "An unknown error occurred while processing the request.",
      });
    }
  }
}
