/** "300 connection attempts per 5 minutes per IP" (web-socket-streams.md); some are left to others. */
const MOST = 280;
const WINDOW_MS = 5 * 60_000;

/** Counts the attempts to connect, so that all sockets together stay within the exchange's limit. */
export class AttemptBudget {
  readonly #now: () => number;
  #times: number[] = [];

  /** @param now Time that only passes, ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Notes an attempt that is made now. */
  note(): void {
    this.#times.push(this.#now());
  }

  /** How long to wait before the next attempt, ms; 0 when one is allowed. */
  get wait(): number {
    const since = this.#now() - WINDOW_MS;
    this.#times = this.#times.filter((time) => time > since);
    const oldest = this.#times.at(-MOST);
    return oldest === undefined ? 0 : oldest - since;
  }
}
