import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Clock } from "../../../data/common/clock.ts";
import type { Purpose } from "../exchange.ts";
import type { AttemptLimiter } from "../stream.ts";

/**
 * The exchange allows a weight of 6,000 a minute and address (rest-api.md, "LIMITS"); the rest is
 * left to the user's other programs. Repairs may use what warm-up leaves, that of markets with a
 * viewer what that of the others leaves, and warm-up what audits leave.
 */
const CEILINGS: Readonly<Record<Purpose, number>> = {
  repair: 5000,
  viewed: 4500,
  history: 4000,
  audit: 1500,
};

/**
 * Limits the request weight of a minute. The minute is the exchange's; its own count, sent with
 * each answer, takes precedence where it is higher.
 */
export class RequestWeightLimiter {
  readonly #clock: Pick<Clock, "now">;
  #minute = 0;
  #used = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Weight used in the current minute. */
  get used(): number {
    this.#turn();
    return this.#used;
  }

  /**
   * Takes weight for a request.
   *
   * @returns 0 when it is taken, else the wait before the next try, ms.
   */
  take(weight: number, purpose: Purpose): number {
    this.#turn();
    if (this.#used + weight > CEILINGS[purpose]) return MINUTE_MS - (this.#clock.now() % MINUTE_MS);
    this.#used += weight;
    return 0;
  }

  /** Takes the exchange's own count of the current minute. */
  observe(used: number): void {
    this.#turn();
    this.#used = Math.max(this.#used, used);
  }

  #turn(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used = 0;
  }
}

/** "300 connection attempts per 5 minutes per IP" (web-socket-streams.md); some are left to others. */
const MAX_ATTEMPTS = 280;
const WINDOW_MS = 5 * MINUTE_MS;

/** Keeps the connection attempts of all sockets together within the exchange's limit. */
export class ConnectionAttemptLimiter implements AttemptLimiter {
  readonly #clock: Pick<Clock, "monotonic">;
  #times: number[] = [];

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  count(): void {
    this.#times.push(this.#clock.monotonic());
  }

  get waitMs(): number {
    const since = this.#clock.monotonic() - WINDOW_MS;
    this.#times = this.#times.filter((time) => time > since);
    const oldest = this.#times.at(-MAX_ATTEMPTS);
    return oldest === undefined ? 0 : oldest - since;
  }
}
