/** The faults so far. */
export interface FaultReport {
  /** Number of each by name, e.g. `drop`, `close`, `rest 429`; 0 at the start. */
  readonly counts: Readonly<Record<string, number>>;
  /** Connections ended by faults: by close, reset, lifetime or after serverShutdown. */
  readonly disconnects: number;
  /** The counts in a line. */
  toString(): string;
}

/** Counts faults. */
export class Tally implements FaultReport {
  readonly #counts: Record<string, number> = {};
  #disconnects = 0;

  /** @param names The possible faults. */
  constructor(names: Iterable<string>) {
    for (const name of names) this.#counts[name] = 0;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  get disconnects(): number {
    return this.#disconnects;
  }

  /** Counts a fault of that name. */
  add(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  /** Counts a connection ended by a fault. */
  disconnect(): void {
    this.#disconnects++;
  }

  toString(): string {
    const counts = Object.entries(this.#counts).map(([name, count]) => `${name} ${count}`);
    return [...counts, `disconnects ${this.#disconnects}`].join(", ");
  }
}
