import type { Clock } from "../../data/common/clock.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Trade } from "../../data/schema/trade.ts";
import type { Log } from "../log.ts";

/**
 * Checks that the raw trade ids behind one symbol's aggregate trades continue from trade to trade.
 * Consecutive aggregate ids prove that no aggregate is missing, not that the exchange's aggregates
 * hold each raw trade once. It changes nothing; it counts, and logs once a minute at most.
 */
export class RawIdCheck {
  readonly #symbol: string;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #logger: Pick<Log, "warning">;
  /** Trades whose first raw id does not continue the last one of the trade before. */
  breaks = 0;
  #id = NaN;
  #lastTradeId = NaN;
  /** Highest raw id; the last one is lower where an aggregate repeats an earlier one. */
  #highest = NaN;
  #loggedAt = -Infinity;

  constructor(symbol: string, clock: Pick<Clock, "monotonic">, logger: Pick<Log, "warning">) {
    this.#symbol = symbol;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Takes the next trade, in the order of ids. One behind missing ids is not compared. */
  add(trade: Trade): void {
    const { id, firstTradeId, lastTradeId } = trade;
    const isNext = id === this.#id + 1;
    const expected = this.#highest + 1;
    const continues = firstTradeId === expected || firstTradeId === this.#lastTradeId + 1;
    this.#id = id;
    this.#lastTradeId = lastTradeId;
    this.#highest = isNext ? Math.max(this.#highest, lastTradeId) : lastTradeId;
    if (isNext && !continues) this.#report(trade, expected);
  }

  #report({ id, firstTradeId }: Trade, expected: number): void {
    this.breaks++;
    const now = this.#clock.monotonic();
    if (now - this.#loggedAt < MINUTE_MS) return;
    this.#loggedAt = now;
    const message = firstTradeId > expected
      ? "raw trades are missing between two aggregate trades"
      : "an aggregate trade repeats raw trades of an earlier one";
    const [symbol, breaks] = [this.#symbol, this.breaks];
    this.#logger.warning(message, { symbol, id, first: firstTradeId, expected, breaks });
  }
}
