/** Index of the most probable state of each row; ties go to the first. */
export function argmaxRows(posteriors: Float64Array, states: number): Uint8Array {
  const result = new Uint8Array(posteriors.length / states);
  for (let t = 0; t < result.length; t++) {
    let best = t * states;
    for (let i = best + 1; i < (t + 1) * states; i++) {
      if ((posteriors[i] ?? NaN) > (posteriors[best] ?? NaN)) best = i;
    }
    result[t] = best - t * states;
  }
  return result;
}

/** Visits of a path to its states. */
export interface Visits {
  /** Bars in each state. */
  readonly bars: readonly number[];
  /** Runs of each state; a run ends with its sequence. */
  readonly runs: readonly number[];
  /** Changes of state within sequences. */
  readonly flips: number;
}

/**
 * Counts the visits of a path.
 *
 * @param path State of each bar.
 * @param lengths Bars of each sequence.
 */
export function countVisits(
  path: Uint8Array,
  lengths: readonly number[],
  states: number,
): Visits {
  const bars = new Array<number>(states).fill(0);
  const runs = new Array<number>(states).fill(0);
  let first = 0;
  for (const length of lengths) {
    for (let t = first; t < first + length; t++) {
      const state = path[t] ?? 0;
      bars[state] = (bars[state] ?? 0) + 1;
      if (t === first || state !== path[t - 1]) runs[state] = (runs[state] ?? 0) + 1;
    }
    first += length;
  }
  const sequences = lengths.filter((length) => length > 0).length;
  return { bars, runs, flips: runs.reduce((sum, number) => sum + number, 0) - sequences };
}

/** Expected dwell time of a state, bars: 1 / (1 - self-transition), at most 1 / epsilon. */
export function expectedDwell(transmat: readonly (readonly number[])[], state: number): number {
  return 1 / Math.max(1 - (transmat[state]?.[state] ?? NaN), Number.EPSILON);
}

/** Share of rows on which two paths agree; NaN without rows. */
export function agreement(a: Uint8Array, b: Uint8Array): number {
  let same = 0;
  for (let t = 0; t < a.length; t++) same += a[t] === b[t] ? 1 : 0;
  return same / a.length;
}
