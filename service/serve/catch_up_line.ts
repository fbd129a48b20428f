import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** Time for which the loop is held at most, ms, beyond one step; then as long is left to others. */
const TURN_MS = 2;

/**
 * The line of those who catch up. They are served one at a time and in turn, a step each, so the
 * loop is held for some milliseconds and half of the time at most, however many they are, and one
 * who has little to catch up with does not wait until another one is done.
 */
export class CatchUpLine<T> {
  readonly #waiting = new Set<T>();
  readonly #step: (waiting: T) => boolean;
  #running = false;

  /** @param step Serves one for a moment; returns whether it goes to the end of the line. */
  constructor(step: (waiting: T) => boolean) {
    this.#step = step;
  }

  /** Puts one at the end of the line, unless it is there. */
  add(one: T): void {
    this.#waiting.add(one);
    if (!this.#running) this.#run();
  }

  delete(one: T): void {
    this.#waiting.delete(one);
  }

  clear(): void {
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Never in the turn of the one who adds: it may be in the middle of something.
    await nextTurn();
    while (this.#waiting.size > 0) {
      if (this.#serve()) await nextTurn();
      else await sleep(TURN_MS);
    }
    this.#running = false;
  }

  /** Serves those in the line until it is empty, or for a turn; returns whether there was time left. */
  #serve(): boolean {
    const end = performance.now() + TURN_MS;
    for (const one of this.#waiting) {
      this.#waiting.delete(one);
      if (this.#step(one)) this.#waiting.add(one);
      if (performance.now() >= end) return false;
    }
    return true;
  }
}
