import { formatDay, formatMinute, type Zone, zoneOffset } from "../format/time.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import type { TimeWindow } from "../data/span.ts";

/** Distances of time ticks, minutes. */
const STEPS = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720];

/** Width of a label like `14:30` with spacing. */
const LABEL_PX = 64;

/** Round times inside a window, as many as have legible labels in `width` pixels. */
export function timeTicks(window: TimeWindow, width: number, zone: Zone): readonly number[] {
  const minutes = (window.to - window.from) / MINUTE_MS;
  const wanted = Math.max(2, width / LABEL_PX);
  const step = (STEPS.find((each) => minutes / each <= wanted) ?? DAY_MINUTES) * MINUTE_MS;
  const offset = zoneOffset(window.to, zone);
  const ticks: number[] = [];
  const first = Math.ceil((window.from + offset) / step) * step - offset;
  for (let tick = first; tick < window.to; tick += step) ticks.push(tick);
  return ticks;
}

/** Label of a time tick: the time, or the day at midnight. */
export function timeLabel(timestamp: number, zone: Zone): string {
  const minute = formatMinute(timestamp, zone);
  return minute === "00:00" ? formatDay(timestamp, zone) : minute;
}

/** At most `count` round values (1, 2 or 5 times a power of ten apart) inside a domain. */
export function roundTicks(domain: readonly [number, number], count: number): readonly number[] {
  const [low, high] = domain;
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [];
  const power = Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * 10 ** power >= rough) ?? 10;
  const ticks: number[] = [];
  // The step is a ratio of integers, so that a tick is 0.3 and not 0.30000000000000004.
  const value = (n: number) => power < 0 ? n * factor / 10 ** -power : n * factor * 10 ** power;
  const first = Math.ceil(low / value(1));
  // Counted, as very large numbers do not grow by one.
  for (let i = 0; i <= count + 1 && value(first + i) <= high; i++) ticks.push(value(first + i));
  return [...new Set(ticks)];
}

/** The largest round value (1, 2 or 5 times a power of ten) that is not above `value`. */
export function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2].find((factor) => factor * power <= value) ?? 1) * power;
}
