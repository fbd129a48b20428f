import type { RowBuffer } from "./row_buffer.ts";

/** Rows in ascending order of a column; of equal ones the first comes first. Sorts in place. */
export function sortedBy(buffer: RowBuffer, column: number, rows: Uint32Array): Uint32Array {
  const inOrder = rows.every((row, i) =>
    i === 0 || buffer.at(rows[i - 1] ?? 0, column) <= buffer.at(row, column)
  );
  if (inOrder) return rows;
  return rows.sort((a, b) => buffer.at(a, column) - buffer.at(b, column) || a - b);
}

/**
 * Leaves one row of each value of a column.
 *
 * @param ordered Rows in ascending order of the column.
 * @param prefer Told of each further row with the value of one that stands; says whether it is to
 *   stand instead.
 */
export function firstOfEach(
  buffer: RowBuffer,
  column: number,
  ordered: Uint32Array,
  prefer: (standing: number, further: number) => boolean,
): Uint32Array {
  const kept = new Uint32Array(ordered.length);
  let count = 0;
  for (const row of ordered) {
    const standing = count > 0 ? kept[count - 1] : undefined;
    if (standing === undefined || buffer.at(standing, column) !== buffer.at(row, column)) {
      kept[count++] = row;
    } else if (prefer(standing, row)) kept[count - 1] = row;
  }
  return kept.slice(0, count);
}
