/** Options of a {@link VirtualClock}. */
export interface VirtualClockOptions {
  /** Exchange time before the clock runs, ms UTC. */
  readonly start: number;
  /** Exchange time at which it stops, ms UTC; never, when absent. */
  readonly end?: number;
  /** Exchange milliseconds per real millisecond, > 0. */
  readonly speed: number;
  /** The real clock, ms. */
  readonly wall: () => number;
}

/** The clock of the exchange: it stands still until `run`, then runs at a multiple of real time. */
export class VirtualClock {
  /** Exchange milliseconds per real millisecond. */
  readonly speed: number;
  readonly #start: number;
  readonly #end: number;
  readonly #wall: () => number;
  #wallStart: number | undefined;

  /** @throws RangeError when the speed is not a positive number. */
  constructor({ start, end = Infinity, speed, wall }: VirtualClockOptions) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`speed must be a number above 0: current value is ${speed}`);
    }
    this.speed = speed;
    this.#start = start;
    this.#end = end;
    this.#wall = wall;
  }

  /** Whether {@link run} was called. */
  get running(): boolean {
    return this.#wallStart !== undefined;
  }

  /** Starts the clock; a running clock is not changed. */
  run(): void {
    this.#wallStart ??= this.#wall();
  }

  /** Exchange time, whole ms UTC. */
  now(): number {
    if (this.#wallStart === undefined) return this.#start;
    const elapsed = Math.floor((this.#wall() - this.#wallStart) * this.speed);
    return Math.min(this.#start + elapsed, this.#end);
  }
}

/** Real time, injected so that tests control it. */
export interface Timers {
  /** Real time, ms UTC. */
  readonly now: () => number;
  /**
   * Calls `task` at an interval.
   *
   * @returns Stops it.
   */
  every(intervalMs: number, task: () => void): () => void;
}

/** The machine's own clock and timers. */
export const systemTimers: Timers = {
  now: Date.now,
  every(intervalMs, task) {
    const timer = setInterval(task, intervalMs);
    return () => clearInterval(timer);
  },
};
