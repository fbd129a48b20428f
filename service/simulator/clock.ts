/** Options of a {@link VirtualClock}. */
export interface VirtualClockOptions {
  /** Exchange time at which the clock stands at first, ms UTC. */
  readonly start: number;
  /** Exchange time at which it stops, ms UTC; never, when absent. */
  readonly end?: number;
  /** Exchange milliseconds per real millisecond, > 0. */
  readonly speed: number;
  /** The real clock, ms. */
  readonly wall: () => number;
}

/** The exchange's clock: stands until it is set going, then runs at a multiple of real time. */
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

  /** False until {@link run} was called. */
  get running(): boolean {
    return this.#wallStart !== undefined;
  }

  /** Sets the clock going; a clock that runs already is left alone. */
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
