import { MINUTE_MS } from "../../data/schema/time.ts";
import { type Interval, type Segment } from "./history.ts";

/** Most folds; the first part of the history is for training only. */
const FOLDS = 4;
/** Share of the bars in the final part. */
const FINAL_SHARE = 0.2;
/** Minimum bars of a part beyond the purged ones: a week. */
const MIN_BARS = 10_080;
/** A border moves to a gap in the history that is nearer than this share of the smallest part. */
const SNAP = 0.3;
/** Most training bars of a fit, so that an evaluation takes seconds. */
export const TRAIN_BARS = 150_000;

/** An interval for training and a later one for testing. */
export interface Fold {
  readonly train: Interval;
  readonly test: Interval;
}

/** The parts of a walk-forward evaluation, in order of time. */
export interface FoldPlan {
  readonly folds: readonly Fold[];
  /** The last part; absent when the history is too short. */
  readonly final?: Fold;
  /** Why there are fewer folds than usual. */
  readonly note?: string;
}

/** Number of bars that open before a time. */
function barsBefore(segments: readonly Segment[], time: number): number {
  return segments.reduce((sum, { start, length }) => {
    const before = Math.ceil((time - start) / MINUTE_MS);
    return sum + Math.min(length, Math.max(0, before));
  }, 0);
}

/** First minute before which `count` bars open. */
function timeOfBar(segments: readonly Segment[], count: number): number {
  let low = Math.min(...segments.map(({ start }) => start));
  let high = Math.max(...segments.map(({ start, length }) => start + length * MINUTE_MS));
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / MINUTE_MS / 2) * MINUTE_MS;
    if (barsBefore(segments, middle) >= count) high = middle;
    else low = middle;
  }
  return barsBefore(segments, low) >= count ? low : high;
}

/** Time of a border, moved to the start of a segment nearby. */
function borderAt(segments: readonly Segment[], count: number, reach: number): number {
  const distance = ({ start }: Segment) => Math.abs(barsBefore(segments, start) - count);
  const near = segments
    .filter((segment) => distance(segment) < reach)
    .sort((a, b) => distance(a) - distance(b));
  return near[0]?.start ?? timeOfBar(segments, count);
}

/**
 * Plans a walk-forward evaluation by time: a first part for training only, up to four folds, and
 * the last fifth of the bars as the final part. A part is trained on the latest {@link TRAIN_BARS}
 * bars that open at least `purge` minutes before it: no label of a training bar and no window of its
 * features reaches into the test.
 *
 * @param segments The observed bars.
 * @param purge Minutes.
 */
export function planFolds(segments: readonly Segment[], purge: number): FoldPlan {
  const bars = segments.reduce((sum, { length }) => sum + length, 0);
  const smallest = purge + MIN_BARS;
  const early = bars * (1 - FINAL_SHARE);
  const count = Math.min(FOLDS, Math.floor(early / smallest) - 1);
  if (count < 1) {
    const needed = Math.ceil(2 * smallest / (1 - FINAL_SHARE));
    return {
      folds: [],
      note: `no walk-forward part: the history has ${bars} bars beyond the warm-up, ` +
        `at least ${needed} are needed`,
    };
  }
  const part = early / (count + 1);
  const reach = SNAP * Math.min(part, bars - early);
  const end = Math.max(...segments.map(({ start, length }) => start + length * MINUTE_MS));
  const borders = Array.from(
    { length: count + 1 },
    (_, i) => borderAt(segments, Math.round(part * (i + 1)), reach),
  );
  const folds = borders.map((from, i): Fold => {
    const to = from - purge * MINUTE_MS;
    const known = barsBefore(segments, to);
    return {
      train: { from: timeOfBar(segments, Math.max(0, known - TRAIN_BARS)), to },
      test: { from, to: borders[i + 1] ?? end },
    };
  });
  const final = folds.at(-1);
  return {
    folds: folds.slice(0, -1),
    ...(final && { final }),
    ...(count < FOLDS && {
      note: `${count} of ${FOLDS} folds: the history has ${bars} bars beyond the warm-up`,
    }),
  };
}
