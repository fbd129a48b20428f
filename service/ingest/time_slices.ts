import type { Clock } from "../../data/common/clock.ts";

/** Trades may wait this long for other work, ms. */
const SLICE_MS = 5;

/** Cuts long work into slices of a few milliseconds, between which trades are processed. */
export class TimeSlices {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #start: number;

  /** @param signal Ends the work. */
  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#start = clock.monotonic();
  }

  /** Continues at once while the slice lasts, else in the next turn of the event loop. */
  async next(): Promise<void> {
    if (this.#clock.monotonic() - this.#start < SLICE_MS) return;
    await this.#clock.sleep(0, this.#signal);
    this.#start = this.#clock.monotonic();
  }
}
