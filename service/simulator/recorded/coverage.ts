import type { Period } from "../../../data/files/file_name.ts";

/** Joins stretches of time that overlap or touch; the result is in order. */
export function unite(periods: readonly Period[]): Period[] {
  const united: { from: number; to: number }[] = [];
  for (const { from, to } of periods.toSorted((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else united.push({ from, to });
  }
  return united;
}

/**
 * The stretches of time in which a run of trades misses none: ids are sequential, so a jump says
 * that something is missing between its two sides.
 *
 * @param ids Increasing.
 * @param times Ms UTC, never decreasing, as many as there are ids.
 */
export function unbroken(ids: Float64Array, times: Float64Array): Period[] {
  const periods: Period[] = [];
  let from = times[0] ?? NaN;
  for (let i = 1; i < ids.length; i++) {
    if (ids[i] === (ids[i - 1] ?? NaN) + 1) continue;
    periods.push({ from, to: times[i - 1] ?? NaN });
    from = (times[i] ?? NaN) + 1;
  }
  periods.push({ from, to: (times.at(-1) ?? NaN) + 1 });
  return periods.filter((period) => period.from < period.to);
}
