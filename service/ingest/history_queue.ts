import type { Purpose } from "../exchanges/exchange.ts";

/** Requests for history that run at once. */
const SLOTS = 8;
/** Requests of markets with a viewer that run beside them, ahead of all others. */
const VIEWED_SLOTS = 4;
/** Most markets that come first: whoever looks at hundreds is in no greater hurry than the others. */
const MOST_VIEWED = 16;

/** A request that waits for its turn. */
interface Waiting {
  readonly rank: number;
  readonly symbol: string;
  readonly start: (viewed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The requests for history of all markets, page by page. Markets that somebody looks at come first,
 * then the others in their order, so that one is complete after the other, and only while there is
 * room for them.
 */
export class HistoryQueue {
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #ready: () => Promise<void>;
  #viewed: ReadonlySet<string> = new Set();
  #waiting: Waiting[] = [];
  #running = 0;
  #runningViewed = 0;
  #starting = false;

  /**
   * @param symbols The markets, in the order in which they are loaded.
   * @param ready Resolves when there is room for another request of a market without a viewer.
   */
  constructor(symbols: readonly string[], ready: () => Promise<void>) {
    this.#ranks = new Map(symbols.map((symbol, rank) => [symbol, rank]));
    this.#ready = ready;
  }

  /** Prefers the markets that somebody looks at now, in place of those before. */
  prefer(symbols: readonly string[]): void {
    this.#viewed = new Set(symbols.slice(0, MOST_VIEWED));
    this.#startViewed();
  }

  /**
   * Makes a request for a market's history when it is its turn.
   *
   * @param request Makes it, for the purpose that it is given.
   * @throws What the request throws, or why it cannot have its turn.
   */
  run<T>(symbol: string, request: (purpose: Purpose) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const start = (viewed: boolean) => {
      if (viewed) this.#runningViewed++;
      else this.#running++;
      request(viewed ? "viewed" : "history").then(resolve, reject).finally(() => {
        if (viewed) this.#runningViewed--;
        else this.#running--;
        this.#startAll();
      });
    };
    this.#waiting.push({ rank: this.#ranks.get(symbol) ?? Infinity, symbol, start, reject });
    this.#startAll();
    return promise;
  }

  #startAll(): void {
    this.#startViewed();
    if (!this.#starting) void this.#startOthers();
  }

  #startViewed(): void {
    while (this.#runningViewed < VIEWED_SLOTS) {
      const next = this.#take(({ symbol }) => this.#viewed.has(symbol));
      if (next === undefined) return;
      next.start(true);
    }
  }

  async #startOthers(): Promise<void> {
    this.#starting = true;
    try {
      while (this.#running < SLOTS && this.#waiting.length > 0) {
        await this.#ready();
        this.#take(() => true)?.start(false);
      }
    } catch (error) {
      // Those who wait would wait without end.
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
    this.#starting = false;
  }

  /** Takes the first in the markets' order out of those that match. */
  #take(matches: (waiting: Waiting) => boolean): Waiting | undefined {
    let first: Waiting | undefined;
    for (const each of this.#waiting) {
      if (matches(each) && (first === undefined || each.rank < first.rank)) first = each;
    }
    if (first !== undefined) this.#waiting = this.#waiting.filter((each) => each !== first);
    return first;
  }
}
