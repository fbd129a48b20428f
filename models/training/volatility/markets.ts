import { FEATURE_INPUTS, type ForecastBars } from "../../../core-wasm/core.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { barCount, type BarSequence, joinBars } from "../sequences.ts";

/** A longer hole in a market's history begins a new sequence of the model, minutes. */
export const LONGEST_HOLE = 1440;

/** The history of one market. */
export interface Market {
  readonly symbol: string;
  /** Runs of contiguous minutes, in order of time. */
  readonly runs: readonly BarSequence[];
}

/**
 * Joins runs of contiguous minutes as the model reads them: one after the other, in order of time.
 * It tells holes by the open times.
 *
 * @throws RangeError when runs overlap.
 */
export function forecastBars(runs: readonly BarSequence[]): ForecastBars {
  const count = runs.reduce((sum, run) => sum + barCount(run), 0);
  const times = new Float64Array(count);
  let row = 0;
  for (const run of runs) {
    const before = times[row - 1] ?? -Infinity;
    if (run.start <= before) {
      throw new RangeError(
        `Cannot join the bars of a market as each must open later than the one before: ` +
          `current value is ${new Date(run.start).toISOString()}`,
      );
    }
    for (let i = 0; i < barCount(run); i++) times[row++] = run.start + i * MINUTE_MS;
  }
  const bars = joinBars(runs);
  const column = (name: typeof FEATURE_INPUTS[number]) => {
    const values = new Float64Array(count);
    for (
      let i = 0, at = FEATURE_INPUTS.indexOf(name);
      i < count;
      i++, at += FEATURE_INPUTS.length
    ) {
      values[i] = bars[at] ?? NaN;
    }
    return values;
  };
  return { times, open: column("open"), close: column("close"), volume: column("volume") };
}
