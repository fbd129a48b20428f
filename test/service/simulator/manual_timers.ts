import type { Timers } from "../../../service/simulator/clock.ts";

/** Real time that stands still until a test moves it. */
export class ManualTimers implements Timers {
  #now = Date.UTC(2026, 0, 1);
  readonly #tasks = new Set<() => void>();

  now = (): number => this.#now;

  every(_intervalMs: number, task: () => void): () => void {
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Moves the time on and runs what is to be run from time to time, once. */
  advance(ms: number): void {
    this.#now += ms;
    for (const task of this.#tasks) task();
  }

  /** Number of timers that nobody has ended. */
  get running(): number {
    return this.#tasks.size;
  }
}
