import { errorMessage } from "../../data/common/errors.ts";
import { Attempts, type RetryPolicy } from "../../data/common/retry.ts";
import { minuteOf } from "../../data/schema/time.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type { TradeQuery } from "../exchanges/exchange.ts";
import { type IngestContext, REPORTED_FAILURES } from "./context.ts";
import type { Sequencer } from "./sequencer.ts";

/** Waits without jitter: the requests of many symbols are spread by the REST client's queue. */
const POLICY: RetryPolicy = { firstMs: 250, maxMs: 5000, jitter: 0 };
/** Time for which the exchange is asked for missing trades before they are given up, ms. */
const PATIENCE_MS = 30_000;

/** Where the trades of a minute begin. */
export interface TradeStart {
  /** The minute (open time, ms UTC); a later one where the market has only begun then. */
  readonly minute: number;
  /** Id of the first one; of the next one that will happen, when there is none yet. */
  readonly id: number;
  /** The first page of them. */
  readonly trades: readonly Trade[];
  /** Whether more trades follow than may be fetched one by one. */
  readonly tooMany: boolean;
}

/**
 * Fetches trades of one symbol that did not arrive from the exchange's history, and gives them to
 * the sequencer. An operation ends without a result when the sequencer is cleared meanwhile.
 *
 * The exchange's rules (rest-api.md, `GET /api/v3/aggTrades`): `fromId` is inclusive and excludes
 * the times; at most 1,000 trades an answer; the history may lag the stream by seconds, so an
 * answer without the wanted id is requested again.
 */
export class TradeBackfill {
  readonly #context: IngestContext;
  readonly #symbol: string;
  readonly #sequencer: Sequencer;
  readonly #maxTrades: number;
  #problem: string | null = null;
  /** Latest known id at the exchange, of a generation of the sequencer. */
  #latest = { generation: 0, id: -Infinity };

  /**
   * @param maxTrades Most trades to fetch one by one.
   */
  constructor(context: IngestContext, symbol: string, sequencer: Sequencer, maxTrades: number) {
    this.#context = context;
    this.#symbol = symbol;
    this.#sequencer = sequencer;
    this.#maxTrades = maxTrades;
  }

  /** Why the last requests failed, for people; null when they did not. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * Finds the first trade of a minute; retries until the exchange answers and has a trade.
   *
   * @param minute Open time, ms UTC.
   * @param hasBegun Whether there may be trades before it.
   */
  async findStart(minute: number, hasBegun: boolean): Promise<TradeStart | undefined> {
    let isNew = !hasBegun;
    return await this.#retry(Infinity, async () => {
      const trades = await this.#fetch({ startTime: minute, limit: this.#pageSize });
      const [first] = trades;
      if (first !== undefined) {
        const tooMany = await this.#tooManyFollow(trades);
        return { minute: isNew ? minuteOf(first.time) : minute, id: first.id, trades, tooMany };
      }
      const [latest] = await this.#fetch({ limit: 1 });
      isNew ||= latest === undefined;
      if (latest === undefined || latest.time >= minute) return undefined;
      return { minute, id: latest.id + 1, trades, tooMany: false };
    });
  }

  /**
   * Fetches the trades from the next one up to an id.
   *
   * @returns Whether they were complete within the patience.
   */
  async fill(to: number): Promise<boolean> {
    const filled = await this.#retry(PATIENCE_MS, async () => {
      for (;;) {
        const { next } = this.#sequencer;
        if (next === undefined || next > to) return true;
        const trades = await this.#fetch({ fromId: next, limit: this.#pageSize });
        // Later ones than those that have arrived may be about to arrive.
        this.#sequencer.repair(trades.filter(({ id }) => id < this.#sequencer.highestSeen));
        if (this.#sequencer.next === next) return undefined;
      }
    });
    return filled ?? false;
  }

  /**
   * Fetches a page of trades from the next one on.
   *
   * @returns `more` when the page was full; `tooMany` when more follow than may be fetched.
   */
  async catchUp(): Promise<"done" | "more" | "tooMany"> {
    const reached = await this.#retry(PATIENCE_MS, async () => {
      const { next } = this.#sequencer;
      if (next === undefined) return "done";
      const trades = await this.#fetch({ fromId: next, limit: this.#pageSize });
      if (await this.#tooManyFollow(trades)) return "tooMany";
      this.#sequencer.repair(trades);
      return trades.length === this.#pageSize ? "more" : "done";
    });
    return reached ?? "done";
  }

  get #pageSize(): number {
    return this.#context.exchange.traits.tradesPerPage;
  }

  #fetch(query: TradeQuery): Promise<readonly Trade[]> {
    return this.#context.exchange.rest.aggTrades(this.#symbol, query);
  }

  /** Whether more trades than may be fetched one by one follow a page. */
  async #tooManyFollow(trades: readonly Trade[]): Promise<boolean> {
    const last = trades.at(-1);
    if (last === undefined || trades.length < this.#pageSize) return false;
    const { generation } = this.#sequencer;
    if (this.#latest.generation === generation && last.id < this.#latest.id) return false;
    const [latest] = await this.#fetch({ limit: 1 });
    this.#latest = { generation, id: latest?.id ?? last.id };
    return this.#latest.id - last.id > this.#maxTrades;
  }

  /**
   * Repeats an attempt until it has a result. Time and waits start over whenever trades were
   * delivered meanwhile.
   *
   * @returns The result; undefined after the patience, ms, and when the sequencer was cleared.
   */
  async #retry<T>(
    patienceMs: number,
    attempt: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { clock, logger, signal } = this.#context;
    const { generation } = this.#sequencer;
    const attempts = new Attempts({ policy: POLICY, clock, signal });
    let failures = 0;
    while (this.#sequencer.generation === generation) {
      const { next } = this.#sequencer;
      try {
        const result = await attempt();
        signal.throwIfAborted();
        failures = 0;
        this.#problem = null;
        if (result !== undefined) return result;
      } catch (error) {
        signal.throwIfAborted();
        const why = errorMessage(error);
        if (++failures >= REPORTED_FAILURES) this.#problem = `bars wait for trades: ${why}`;
        logger.warning("cannot fetch trades; retrying", { symbol: this.#symbol, why });
      }
      if (this.#sequencer.next !== next) attempts.progress();
      if (attempts.elapsedMs >= patienceMs) return undefined;
      await attempts.wait();
    }
    return undefined;
  }
}
