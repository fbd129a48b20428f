import { setImmediate } from "node:timers";
import type { Clock } from "../../data/common/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that only moves when a test advances it. */
export class VirtualClock implements Clock {
  #monotonic = 0;
  #wallOffset: number;
  #sleepers: Sleeper[] = [];

  /** @param start Wall clock at the start, ms UTC. */
  constructor(start = 0) {
    this.#wallOffset = start;
  }

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { until: this.#monotonic + Math.max(0, ms), wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      }, { once: true });
    });
  }

  /** Sleeps that have not ended. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves the wall clock alone. */
  adjust(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Lets time pass. Sleeps end one point in time after the other, each with all that follows. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await this.settle();
    for (;;) {
      const due = Math.min(...this.#sleepers.map(({ until }) => until));
      if (due > end) break;
      this.#monotonic = Math.max(this.#monotonic, due);
      const awake = this.#sleepers.filter(({ until }) => until <= this.#monotonic);
      this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#monotonic);
      for (const { wake } of awake) wake();
      await this.settle();
    }
    this.#monotonic = end;
    await this.settle();
  }

  /** Resolves when everything that can happen at this time has happened. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
