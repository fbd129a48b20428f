import { WakeUp } from "../wake_up.ts";
import type { MinuteDraft } from "./minute_draft.ts";

/** A closed minute; or (a number, ms UTC) the time up to which klines are wanted. */
export type ClosedMinute = MinuteDraft | number;

/** A day of minutes. */
const CAPACITY = 1440;

/**
 * One symbol's closed minutes on their way from the aggregator to the publisher, in order. When it
 * is full it drops the oldest draft, whose minute is taken from the klines.
 */
export class MinuteQueue {
  readonly #entries: ClosedMinute[] = [];
  readonly #added = new WakeUp();

  push(entry: ClosedMinute): void {
    if (this.#entries.length >= CAPACITY) this.#dropOldest();
    this.#entries.push(entry);
    this.#added.notify();
  }

  /** Takes the oldest entry; waits while there is none. One consumer at a time. */
  async take(): Promise<ClosedMinute> {
    for (;;) {
      const entry = this.#entries.shift();
      if (entry !== undefined) return entry;
      await this.#added.wait();
    }
  }

  #dropOldest(): void {
    const index = this.#entries.findIndex((entry) => typeof entry !== "number");
    const [dropped] = index < 0 ? [] : this.#entries.splice(index, 1);
    if (dropped !== undefined && typeof dropped !== "number") dropped.settled = true;
  }
}
