/** Unusable rows of a kind that are named one by one; of further ones only the number is kept. */
const EXAMPLES = 20;

/** Rows of a kind that a command names by default. */
const NAMED = 3;

/**
 * Why a row cannot be used.
 *
 * - `unreadable`: a column is missing or is not what it must be, or a kline does not last one minute
 * - `not_finite`: a NaN or an infinity
 * - `negative`: a price or a quantity that is not above 0, or a volume, a count or an id below 0
 * - `ohlc`: the low is not the lowest, or the high not the highest price
 * - `misaligned`: a kline that does not open on a full minute
 * - `incomplete`: a journalled bar of a minute of which trades are known to be missing
 * - `order`: a trade that is older than the one before it, although its id is higher, or one too far
 *   behind its place to be sorted
 * - `conflict`: an earlier row says something else of the same minute or id, and the earlier stays
 */
export type RowErrorKind =
  | "unreadable"
  | "not_finite"
  | "negative"
  | "ohlc"
  | "misaligned"
  | "incomplete"
  | "order"
  | "conflict";

const MEANINGS: Readonly<Record<RowErrorKind, string>> = {
  unreadable: "malformed",
  not_finite: "a number that is not finite",
  negative: "a number below its range",
  ohlc: "a price outside of low to high",
  misaligned: "not opening on a full minute",
  incomplete: "with trades missing",
  order: "older than the trade before it",
  conflict: "contradicting an earlier row, which is kept",
};

/** What is wrong with a row. */
export class RowFault {
  readonly kind: RowErrorKind;
  /** In words, as in "low must be above 0: current value is -1". */
  readonly what: string;

  constructor(kind: RowErrorKind, what: string) {
    this.kind = kind;
    this.what = what;
  }
}

/** One row that was left out. */
export interface RowError {
  /** File of the row: its path, followed by the entry's name in an archive of several files. */
  readonly file: string;
  /** 1-based line in that file; in a journal, the id of the event. */
  readonly line: number;
  readonly what: string;
}

/** The rows that were left out for one reason. */
export interface RowErrorCount {
  readonly kind: RowErrorKind;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly RowError[];
}

/** Counts rows, and those that were left out; it keeps the first of each kind. */
export class RowErrorLog {
  /** Rows read, those that were left out included. */
  rows = 0;
  readonly #found = new Map<RowErrorKind, { count: number; examples: RowError[] }>();

  /** Records that a row was left out. */
  add({ kind, what }: RowFault, file: string, line: number): void {
    const found = this.#found.get(kind) ?? { count: 0, examples: [] };
    this.#found.set(kind, found);
    found.count++;
    if (found.examples.length < EXAMPLES) found.examples.push({ file, line, what });
  }

  /** A log that starts with what this one has. */
  copy(): RowErrorLog {
    const copy = new RowErrorLog();
    copy.rows = this.rows;
    for (const [kind, { count, examples }] of this.#found) {
      copy.#found.set(kind, { count, examples: [...examples] });
    }
    return copy;
  }

  /** What was found, by kind, in the order in which the kinds first occurred. */
  counts(): readonly RowErrorCount[] {
    return Array.from(this.#found, ([kind, found]) => ({ kind, ...found }));
  }
}

/**
 * Describes the rows that were left out, in lines of text: one for each kind, and below it the
 * first rows with file and line.
 *
 * @param examples How many rows of a kind are named; at most 20.
 */
export function describeRowErrors(
  counts: readonly RowErrorCount[],
  examples = NAMED,
): readonly string[] {
  return counts.flatMap(({ kind, count, examples: found }) => {
    const named = found.slice(0, examples);
    const rows = `${count.toLocaleString("en-US")} row${count === 1 ? "" : "s"}`;
    return [
      `left out: ${rows}, ${MEANINGS[kind]}`,
      ...named.map(({ file, line, what }) => `  ${file}:${line}: ${what}`),
      ...(count > named.length ? [`  ... and ${count - named.length} more`] : []),
    ];
  });
}
