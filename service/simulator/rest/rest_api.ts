import type { VirtualClock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import type { MarketSource } from "../source.ts";
import type { Timers } from "../timers.ts";
import { aggTrades } from "./agg_trades.ts";
import { json, RequestError, type RestAnswer } from "./answer.ts";
import { exchangeInfo } from "./exchange_info.ts";
import { klines } from "./klines.ts";
import { WeightMeter } from "./weight.ts";

interface Route {
  /** What a request counts towards the limit of 6,000 a minute. */
  readonly weight: number;
  /** The answer is of trades and klines, which may lag. */
  readonly lags?: boolean;
  readonly answer: (source: MarketSource, query: URLSearchParams, now: number) => unknown;
}

/** Weights as in Binance's rest-api.md. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/api/v3/ping", { weight: 1, answer: () => ({}) }],
  ["/api/v3/time", { weight: 1, answer: (_source, _query, now) => ({ serverTime: now }) }],
  ["/api/v3/exchangeInfo", { weight: 20, answer: exchangeInfo }],
  ["/api/v3/klines", { weight: 2, lags: true, answer: klines }],
  ["/api/v3/aggTrades", { weight: 4, lags: true, answer: aggTrades }],
]);

/** The stand-in's REST interface. */
export class RestApi {
  readonly #source: MarketSource;
  readonly #clock: VirtualClock;
  readonly #timers: Timers;
  readonly #faults: Faults;
  readonly #log: (message: string) => void;
  readonly #weight = new WeightMeter();

  /** @param log Told of errors that are the stand-in's own; the client gets HTTP 500. */
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
   * Answers a request.
   *
   * @param method HTTP method.
   * @param target Path and query of the request line.
   */
  answer(method: string, target: string): RestAnswer {
    const url = URL.parse(target, "http://exchange");
    const route = url && ROUTES.get(url.pathname);
    if (!route) return json(404, { code: -1000, msg: `no such path: ${target}` });
    if (method !== "GET") {
      return json(405, { code: -1000, msg: `method must be GET: given is ${method}` });
    }
    const used = this.#weight.add(route.weight, this.#timers.now());
    const answer = this.#route(route, url.searchParams);
    const headers = { ...answer.headers, "x-mbx-used-weight-1m": String(used) };
    return this.#faults.http.befall({ ...answer, headers }, this.#clock.now());
  }

  #route(route: Route, query: URLSearchParams): RestAnswer {
    const time = this.#clock.now();
    const now = route.lags ? this.#faults.knownTime(time) : this.#faults.toldTime(time);
    try {
      return json(200, route.answer(this.#source, query, now));
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
