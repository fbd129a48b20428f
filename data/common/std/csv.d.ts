/** A column: a property, the path to a nested one, or either with a heading of its own. */
export type Column =
  | PropertyKey
  | readonly PropertyKey[]
  | {
    readonly header?: string;
    readonly prop: PropertyKey | readonly PropertyKey[];
  };

export interface StringifyOptions {
  /** Whether the first line names the columns; true by default. */
  readonly headers?: boolean;
  /** A comma by default. */
  readonly separator?: string;
  /** Needed where the rows are objects. */
  readonly columns?: readonly Column[];
  /** Whether the text starts with a byte order mark; false by default. */
  readonly bom?: boolean;
}

/**
 * Formats rows as CSV (RFC 4180): lines end with CR LF; a value with a separator, a quote or a line
 * feed is quoted; undefined and null are empty.
 *
 * @throws TypeError for rows that are objects, without columns.
 */
export function stringify(
  data: Iterable<Readonly<Record<string, unknown>> | readonly unknown[]>,
  options?: StringifyOptions,
): string;
