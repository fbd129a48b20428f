/** Runs of the smoother that are shorter are no change of regime. */
export const LEAST_RUN = 5;

/** How the filter follows the smoother. */
export interface Delays {
  /** Changes of the smoothed path into runs that last. */
  readonly changes: number;
  /** Those that the filter never saw. */
  readonly missed: number;
  /** Bars by which the filter followed each of the others. */
  readonly delays: readonly number[];
}

/** Bars until a path is in `state`, from `first` on; undefined when not before `end`. */
function barsUntil(path: Uint8Array, state: number, first: number, end: number) {
  for (let t = first; t < end; t++) if (path[t] === state) return t - first;
  return undefined;
}

/**
 * Measures how far one path follows another.
 *
 * A change is a bar t, not the first of its sequence, at which the leading path enters a state s
 * and stays in it for at least `leastRun` bars, up to bar e (exclusive). The follower's delay is
 * t' - t, where t' is the first bar from t on, before e, at which it is in s: 0 when it is there
 * already. Without such a bar the change is missed.
 *
 * @param leading The smoother's path, or the truth.
 * @param following The filter's path.
 * @param lengths Bars of each sequence.
 */
export function measureDelay(
  leading: Uint8Array,
  following: Uint8Array,
  lengths: readonly number[],
  leastRun = LEAST_RUN,
): Delays {
  const delays: number[] = [];
  let missed = 0;
  let first = 0;
  for (const length of lengths) {
    const last = first + length;
    for (let t = first; t < last;) {
      const state = leading[t] ?? 0;
      let end = t + 1;
      while (end < last && leading[end] === state) end++;
      if (t > first && end - t >= leastRun) {
        const delay = barsUntil(following, state, t, end);
        if (delay === undefined) missed++;
        else delays.push(delay);
      }
      t = end;
    }
    first = last;
  }
  return { changes: delays.length + missed, missed, delays };
}
