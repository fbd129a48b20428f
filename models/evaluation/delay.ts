/** A shorter run of the leading path is not a change of regime, bars. */
export const MIN_RUN = 5;

/** How one path follows another. */
export interface Delays {
  /** Lasting changes of the leading path. */
  readonly changes: number;
  /** Changes that the following path never made. */
  readonly missed: number;
  /** Delay of each other change, bars. */
  readonly delays: readonly number[];
}

/** Bars from `first` until a path is in `state`; undefined when it is not before `end`. */
function barsUntil(path: Uint8Array, state: number, first: number, end: number) {
  for (let t = first; t < end; t++) if (path[t] === state) return t - first;
  return undefined;
}

/**
 * Measures how far one path follows another.
 *
 * A change is a bar t, not the first of its sequence, at which the leading path enters a state s
 * and stays in it for at least `minRun` bars, up to bar e (exclusive). The delay is t' - t, where t'
 * is the first bar in [t, e) at which the following path is in s: 0 when it already is. Without such
 * a bar the change is missed.
 *
 * @param leading The smoother's path, or the true regimes.
 * @param following The filter's path.
 * @param lengths Bars of each sequence.
 */
export function measureDelay(
  leading: Uint8Array,
  following: Uint8Array,
  lengths: readonly number[],
  minRun = MIN_RUN,
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
      if (t > first && end - t >= minRun) {
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
