/** Faults of a kind that are named one by one; of more only the number is kept. */
const EXAMPLES = 20;

/** One row that was left out. */
export interface Fault {
  /** File of the row; a journal's path for its bars. */
  readonly file: string;
  /** 1-based line among the file's non-blank lines; of a journal, the number of the event. */
  readonly line: number;
  /** What is wrong with it, in words. */
  readonly what: string;
}

/** All faults of one kind. */
export interface FaultCount<Kind extends string> {
  readonly kind: Kind;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly Fault[];
}

/** Counts faults by kind and remembers the first of each, however many there are. */
export class FaultLog<Kind extends string> {
  readonly #found = new Map<Kind, { kind: Kind; count: number; examples: Fault[] }>();

  /** @param counts What was found before. */
  constructor(counts: readonly FaultCount<Kind>[] = []) {
    for (const { kind, count, examples } of counts) {
      this.#found.set(kind, { kind, count, examples: [...examples] });
    }
  }

  add(kind: Kind, fault: Fault): void {
    const found = this.#found.get(kind) ?? { kind, count: 0, examples: [] };
    this.#found.set(kind, found);
    found.count++;
    if (found.examples.length < EXAMPLES) found.examples.push(fault);
  }

  /** The kinds of which there were any, in the order in which they came up. */
  counts(): readonly FaultCount<Kind>[] {
    return [...this.#found.values()];
  }
}
