import { type Kline, KLINE_COLUMNS } from "../schema/kline.ts";
import { klineOf, readKlines } from "./klines.ts";
import type { OnRead } from "./lines.ts";
import { RowBuffer } from "./row_buffer.ts";
import { RowErrorLog } from "./row_errors.ts";

const TIME = KLINE_COLUMNS.indexOf("open_time");

/** Klines that are handed on at once. */
const BLOCK = 1 << 13;

/**
 * Reads the klines of a file in the order of time, in whichever order its rows are; klines of one
 * time keep their order. The file is held as numbers, 80 bytes a row.
 *
 * @throws As {@linkcode readKlines} does.
 */
export async function* readKlinesInOrder(
  path: string,
  errors: RowErrorLog,
  onRead?: OnRead,
): AsyncGenerator<readonly Kline[]> {
  const held = new RowBuffer(KLINE_COLUMNS.length);
  for await (const { rows } of readKlines(path, errors, onRead)) {
    for (const row of rows) held.push(KLINE_COLUMNS.map((name) => row[name] ?? NaN));
  }
  const order = held.sortedBy(TIME);
  for (let start = 0; start < order.length; start += BLOCK) {
    yield Array.from(order.subarray(start, start + BLOCK), (row) => {
      const [time = NaN, ...numbers] = KLINE_COLUMNS.map((_, column) => held.at(row, column));
      return klineOf(time, numbers);
    });
  }
}

/** The earliest time at the beginning of a file; Infinity when it has no usable row. */
async function startOf(path: string): Promise<number> {
  // The rows are read again, and their errors recorded then.
  for await (const { rows } of readKlines(path, new RowErrorLog())) {
    return rows.reduce((earliest, { open_time }) => Math.min(earliest, open_time), Infinity);
  }
  return Infinity;
}

/**
 * Puts the files of each market in the order of the times that they begin with. Those of different
 * markets keep their places.
 */
export async function sortKlineFiles<
  File extends { readonly path: string; readonly symbol: string },
>(
  files: readonly File[],
): Promise<readonly File[]> {
  const begun: { readonly file: File; readonly start: number }[] = [];
  for (const file of files) begun.push({ file, start: await startOf(file.path) });
  const sorted = Map.groupBy(
    begun.toSorted((a, b) => a.start === b.start ? 0 : a.start - b.start),
    ({ file }) => file.symbol,
  );
  return files.map((file) => sorted.get(file.symbol)?.shift()?.file ?? file);
}
