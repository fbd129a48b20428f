import { allocate, type CoreExports, float64View } from "./instance.ts";
import { minuteOfTime } from "./model.ts";

/** Bars of one market in order of time. A hole of more than 1,440 minutes begins a new sequence. */
export interface ForecastBars {
  /** Open times, ms UTC, whole minutes. */
  readonly times: Float64Array;
  readonly open: Float64Array;
  readonly close: Float64Array;
  /** Base currency. */
  readonly volume: Float64Array;
}

/** Bars that are handed to the core at once. */
const CHUNK = 4_096;

/**
 * Hands bars to the core, chunk after chunk.
 *
 * @param step Computes `count` rows of the bars at `source`.
 * @param read Reads the rows from index `first`.
 */
export function inChunks(
  core: CoreExports,
  bars: ForecastBars,
  rowLength: number,
  step: (source: number, count: number, rows: number) => void,
  read: (rows: Float64Array, first: number, count: number) => void,
): void {
  const { times, open, close, volume } = bars;
  const width = core.FORECAST_BAR_LENGTH.value;
  const source = allocate(core, CHUNK * width * 8, "the bars");
  const target = allocate(core, CHUNK * rowLength * 8, "the rows");
  const written = float64View(core, source, CHUNK * width);
  const rows = float64View(core, target, CHUNK * rowLength);
  let last = -Infinity;
  for (let first = 0; first < times.length; first += CHUNK) {
    const count = Math.min(CHUNK, times.length - first);
    for (let i = 0, at = 0; i < count; i++) {
      const minute = minuteOfTime(times[first + i] ?? NaN);
      if (!(minute > last)) {
        throw new RangeError(
          `Cannot forecast bar ${first + i} as its minute must be later than the one before: ` +
            `current value is ${times[first + i]}`,
        );
      }
      last = minute;
      written[at++] = minute;
      written[at++] = open[first + i] ?? NaN;
      written[at++] = close[first + i] ?? NaN;
      written[at++] = volume[first + i] ?? NaN;
    }
    step(source, count, target);
    read(rows, first, count);
  }
}

/** Copies `width` numbers of each row, from `offset` on, to a column. */
export function copyColumn(
  rows: Float64Array,
  rowLength: number,
  offset: number,
  width: number,
  count: number,
  column: Float64Array | Int32Array | Uint8Array,
  first: number,
): void {
  let at = first * width;
  for (let row = 0; row < count; row++) {
    const start = row * rowLength + offset;
    for (let i = 0; i < width; i++) column[at++] = rows[start + i] ?? NaN;
  }
}
