/**
 * The exchange's clock, as far as this machine can know it. Runs at the pace of the local clock
 * from the last point at which the exchange told its time; the exchange's own event times push it
 * forward, a measurement over REST sets it, also back.
 */
export class ExchangeClock {
  readonly #local: () => number;
  #anchorExchange: number;
  #anchorLocal: number;
  #measured = false;

  /** @param local This machine's clock, ms UTC. */
  constructor(local: () => number) {
    this.#local = local;
    this.#anchorLocal = this.#anchorExchange = local();
  }

  /** Estimated time at the exchange, ms UTC. */
  now(): number {
    return this.#anchorExchange + (this.#local() - this.#anchorLocal);
  }

  /** Whether the exchange has told its time; before, this machine's is all there is. */
  get measured(): boolean {
    return this.#measured;
  }

  /** Exchange minus local clock, ms; null before the first measurement. */
  get offset(): number | null {
    return this.#measured ? this.#anchorExchange - this.#anchorLocal : null;
  }

  /** The exchange stamped an event with this time, so its clock cannot stand before it. */
  observe(eventTime: number): void {
    if (this.#measured && eventTime > this.now()) this.#set(eventTime);
  }

  /** The exchange said its time in answer to a request that took `roundTripMs`. */
  measure(serverTime: number, roundTripMs: number): void {
    this.#measured = true;
    this.#set(serverTime + roundTripMs / 2);
  }

  #set(exchange: number): void {
    this.#anchorExchange = exchange;
    this.#anchorLocal = this.#local();
  }
}
