import type { Clock } from "../../data/common/clock.ts";

/**
 * The exchange's clock, estimated. It runs at the pace of the local monotonic clock from the last
 * known exchange time. Event times of the exchange only move it forward; a measurement over REST
 * sets it, also back.
 */
export class ExchangeClock implements Clock {
  readonly #local: Clock;
  /** Exchange time at the anchor, ms UTC. */
  #exchange: number;
  /** Local monotonic time at the anchor, ms. */
  #monotonic: number;
  /** Exchange minus local wall clock at the anchor, ms. */
  #offset: number | null = null;

  constructor(local: Clock) {
    this.#local = local;
    this.#exchange = local.now();
    this.#monotonic = local.monotonic();
  }

  /** Estimated time at the exchange, ms UTC; this machine's until the first measurement. */
  now(): number {
    return this.#exchange + (this.#local.monotonic() - this.#monotonic);
  }

  monotonic(): number {
    return this.#local.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#local.sleep(ms, signal);
  }

  /** Whether the exchange's time has been measured. */
  get measured(): boolean {
    return this.#offset !== null;
  }

  /** Exchange minus local clock, ms; null before the first measurement. */
  get offset(): number | null {
    return this.#offset;
  }

  /** Takes the time of an event of the exchange: its clock cannot be before it. Ms UTC. */
  observe(eventTime: number): void {
    if (this.measured && eventTime > this.now()) this.#anchor(eventTime);
  }

  /**
   * Takes the exchange's answer to a request for its time.
   *
   * @param serverTime Ms UTC.
   * @param roundTripMs Duration of the request; the answer is taken to be half of it old.
   */
  measure(serverTime: number, roundTripMs: number): void {
    this.#anchor(serverTime + roundTripMs / 2);
  }

  #anchor(exchange: number): void {
    this.#exchange = exchange;
    this.#monotonic = this.#local.monotonic();
    this.#offset = exchange - this.#local.now();
  }
}
