import { errorMessage } from "../../data/common/errors.ts";
import type { ExchangeClock } from "../exchanges/clock.ts";
import type { ExchangeRest } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";

/** Time between measurements, before and after the first successful one, ms. */
const FIRST_INTERVAL_MS = 500;
const INTERVAL_MS = 10_000;

/** Measures the exchange's clock over REST again and again. */
export class ClockSync {
  readonly #clock: ExchangeClock;
  readonly #rest: Pick<ExchangeRest, "time">;
  readonly #logger: Log;
  readonly #signal: AbortSignal;
  #failed = false;
  #problem: string | null = null;

  /** @param signal Ends the measurements. */
  constructor(
    clock: ExchangeClock,
    rest: Pick<ExchangeRest, "time">,
    logger: Log,
    signal: AbortSignal,
  ) {
    this.#clock = clock;
    this.#rest = rest;
    this.#logger = logger;
    this.#signal = signal;
  }

  /** Why no bar can be closed, for people; null once the clock has been measured. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Waits until the next measurement is due. */
  async wait(): Promise<void> {
    const interval = this.#clock.measured ? INTERVAL_MS : FIRST_INTERVAL_MS;
    await this.#clock.sleep(interval, this.#signal);
  }

  /** Measures once; a failure is logged and leaves the clock as it is. */
  async measure(): Promise<void> {
    try {
      const { serverTime, roundTripMs } = await this.#rest.time();
      this.#clock.measure(serverTime, roundTripMs);
    } catch (error) {
      if (this.#signal.aborted) return;
      const why = errorMessage(error);
      this.#failed = true;
      this.#logger.warning("cannot get the exchange's time; retrying", { why });
      if (!this.#clock.measured) this.#problem = `bars wait for the exchange's time: ${why}`;
      return;
    }
    if (this.#failed) this.#logger.info("the exchange's time is available again");
    this.#failed = false;
    this.#problem = null;
  }
}
