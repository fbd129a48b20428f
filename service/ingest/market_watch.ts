import type { Clock } from "../../data/common/clock.ts";
import { errorMessage } from "../../data/common/errors.ts";
import { closestString } from "../../data/common/std/closest_string.ts";
import { levenshteinDistance } from "../../data/common/std/levenshtein_distance.ts";
import type { MarketState } from "../../data/schema/status.ts";
import { DAY_MS, MINUTE_MS } from "../../data/schema/time.ts";
import type { ExchangeRest, Listing } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";
import type { Market } from "./market.ts";

/** What a watch works with. */
export interface MarketWatchOptions {
  readonly rest: Pick<ExchangeRest, "aggTrades" | "listings" | "names">;
  /** By symbol. */
  readonly markets: ReadonlyMap<string, Market>;
  /** The exchange's clock. */
  readonly clock: Clock;
  readonly logger: Log;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Time between two looks at which markets are to be asked for, ms. */
const LOOK_MS = 5000;
/** A market without a trade for this long is asked for, ms. */
const QUIET_MS = 2 * MINUTE_MS;
/** The wait before a market is asked for again that trades, but is quiet, ms. */
const QUIET_AGAIN_MS = 5 * MINUTE_MS;
/** The same for a market that does not trade, or of which it is not known, ms. */
const STOPPED_AGAIN_MS = MINUTE_MS;
/**
 * A market without a trade for longer is not halted: the exchange lists markets for years after their
 * trading has ended, with the state of a halted one. The longest known halts took some weeks.
 */
const LONGEST_HALT_MS = 30 * DAY_MS;
/** Most unknown markets to which the nearest name is looked for, which takes some ms each. */
const MAX_SUGGESTIONS = 10;

/**
 * Finds out which markets trade, and tells them. It asks the exchange at the start, when a market
 * has been quiet for some time, and again and again while one does not trade: one request for all
 * that are due.
 */
export class MarketWatch {
  readonly #options: MarketWatchOptions;
  /** Exchange time at which a market was last asked for, ms UTC. */
  readonly #askedAt = new Map<string, number>();
  /** Exchange times of the last trades of markets that were found stopped, ms UTC. */
  readonly #lastTrades = new Map<string, number>();
  #suggestions = 0;
  #failed = false;

  constructor(options: MarketWatchOptions) {
    this.#options = options;
  }

  /** Watches until the signal aborts. */
  async run(): Promise<never> {
    const { clock, signal } = this.#options;
    for (;;) {
      await this.look();
      await clock.sleep(LOOK_MS, signal);
    }
  }

  /** Asks for the markets that are due, if any. */
  async look(): Promise<void> {
    const { rest, markets, clock, logger, signal } = this.#options;
    const due = Array.from(markets.values()).filter((market) => this.#isDue(market));
    if (due.length === 0) return;
    const symbols = due.map(({ symbol }) => symbol);
    for (const symbol of symbols) this.#askedAt.set(symbol, clock.now());
    try {
      const listings = await rest.listings(symbols);
      for (const market of due) {
        await this.#update(market, listings.get(market.symbol) ?? "unknown");
      }
      this.#failed = false;
    } catch (error) {
      signal.throwIfAborted();
      // The exchange, or what stands in for it, may not have such an answer at all.
      const report = this.#failed ? logger.debug : logger.warning;
      report("cannot ask which markets trade; retrying", { why: errorMessage(error) });
      this.#failed = true;
    }
  }

  #isDue({ symbol, state, quietMs }: Market): boolean {
    const askedAt = this.#askedAt.get(symbol);
    if (askedAt === undefined) return true;
    const age = this.#options.clock.now() - askedAt;
    // The clock was corrected since.
    if (age < 0) return true;
    if (state !== "trading") return age >= STOPPED_AGAIN_MS;
    const wasQuiet = quietMs - age >= QUIET_MS;
    return quietMs >= QUIET_MS && age >= (wasQuiet ? QUIET_AGAIN_MS : 0);
  }

  async #update(market: Market, listing: Listing): Promise<void> {
    const { symbol } = market;
    const before = market.state;
    const { delivered } = market.stream;
    const state = await this.#stateOf(market, listing);
    // Trades that have arrived meanwhile know better.
    if (market.stream.delivered !== delivered) return;
    market.update(state, listing);
    if (state === before || (before === null && state === "trading")) return;
    const { logger } = this.#options;
    if (state === "trading") {
      logger.info("the market trades", { symbol, before });
    } else if (listing === "unknown") {
      logger.warning(
        "the exchange does not know this market; it begins by itself once the exchange lists it",
        { symbol, market: state, ...await this.#nearestTo(symbol) },
      );
    } else {
      logger.warning("the market does not trade; it goes on by itself once it does", {
        symbol,
        market: state,
      });
    }
  }

  async #stateOf({ symbol, lastTime, hasBars }: Market, listing: Listing): Promise<MarketState> {
    if (listing === "trading") return "trading";
    if (listing === "unknown") return hasBars ? "delisted" : "unlisted";
    const { rest, clock } = this.#options;
    const time = lastTime ?? this.#lastTrades.get(symbol) ??
      (await rest.aggTrades(symbol, { limit: 1 }))[0]?.time;
    if (time === undefined) return "unlisted";
    this.#lastTrades.set(symbol, time);
    return clock.now() - time > LONGEST_HALT_MS ? "delisted" : "halted";
  }

  /** The known name that a mistyped one may mean. */
  async #nearestTo(symbol: string): Promise<{ readonly nearest?: string }> {
    if (this.#suggestions++ >= MAX_SUGGESTIONS) return {};
    const names = await this.#options.rest.names().catch(() => []);
    if (names.length === 0) return {};
    const nearest = closestString(symbol, names);
    return levenshteinDistance(symbol, nearest) * 3 <= symbol.length ? { nearest } : {};
  }
}
