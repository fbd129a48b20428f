import { quantile } from "../../core-wasm/core.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

/** Most changes of level per day that thresholds may cause on their training bars. */
const MAX_FLIPS = 20;
/** Candidate borders between levels, quantiles of the training values. */
const CENTERS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
/** Candidate distances between the two thresholds of a border, deviations of the values. */
const GAPS = [0, 0.15, 0.3, 0.5, 0.75, 1.1];
/** Most sweeps of the coordinate search over the borders. */
const MAX_SWEEPS = 4;

/** Thresholds with hysteresis: a level rises above one threshold and falls below a lower one. */
export interface Hysteresis {
  /** Ascending; the level rises from i to i + 1 above the i-th. */
  readonly enter: readonly number[];
  /** Ascending; the level falls from i + 1 to i below the i-th. */
  readonly leave: readonly number[];
}

/**
 * Level of each value. The first value of a sequence is compared with the middles of the borders.
 *
 * @param lengths Values of each sequence.
 */
export function hysteresisPath(
  values: Float64Array,
  lengths: readonly number[],
  thresholds: Hysteresis,
): Uint8Array {
  const path = new Uint8Array(values.length);
  walkLevels(values, lengths, thresholds, (t, level) => path[t] = level);
  return path;
}

/** Calls `visit` with the level of each value. */
function walkLevels(
  values: Float64Array,
  lengths: readonly number[],
  { enter, leave }: Hysteresis,
  visit: (t: number, level: number) => void,
): void {
  const up = Float64Array.of(...enter, Infinity);
  const down = Float64Array.of(-Infinity, ...leave);
  let first = 0;
  for (const length of lengths) {
    const start = values[first] ?? NaN;
    let level = enter.filter((border, i) => start > (border + (leave[i] ?? NaN)) / 2).length;
    for (let t = first; t < first + length; t++) {
      const value = values[t] ?? NaN;
      while (value > (up[level] ?? Infinity)) level++;
      while (value < (down[level] ?? -Infinity)) level--;
      visit(t, level);
    }
    first += length;
  }
}

/** The data that thresholds are chosen on. */
export interface HysteresisTask {
  readonly values: Float64Array;
  /** Values of each sequence. */
  readonly lengths: readonly number[];
  /** Class of each value, 0 to `classes - 1`; 255 when it is unknown. */
  readonly truth: Uint8Array;
  readonly classes: number;
  /** Number of levels, from 2. */
  readonly levels: number;
}

/** Chosen thresholds and their scores on the data that they were chosen on. */
export interface ChosenHysteresis extends Hysteresis {
  /** Share of the values whose class is the most frequent one of their level. */
  readonly accuracy: number;
  readonly flipsPerDay: number;
}

function assess(task: HysteresisTask, { enter, leave }: Hysteresis): ChosenHysteresis {
  const { values, lengths, truth, classes, levels } = task;
  const counts = new Int32Array(levels * 256);
  let flips = 0;
  let last = -1;
  walkLevels(values, lengths, { enter, leave }, (t, level) => {
    const cell = level * 256 + (truth[t] ?? 255);
    counts[cell] = (counts[cell] ?? 0) + 1;
    // The start of a sequence may count as a flip: negligible among thousands.
    if (level !== last) flips++;
    last = level;
  });
  // The first value's level is no change.
  flips -= Math.min(flips, 1);
  let hits = 0;
  let known = 0;
  for (let level = 0; level < levels; level++) {
    const row = counts.subarray(level * 256, level * 256 + classes);
    hits += Math.max(...row);
    known += row.reduce((sum, count) => sum + count, 0);
  }
  const flipsPerDay = flips / values.length * DAY_MINUTES;
  return { enter, leave, accuracy: hits / known, flipsPerDay };
}

/** The better of two: first by the excess of flips, then by accuracy. */
function better(a: ChosenHysteresis, b: ChosenHysteresis): ChosenHysteresis {
  const excess = (x: ChosenHysteresis) => Math.max(0, x.flipsPerDay - MAX_FLIPS);
  if (excess(a) !== excess(b)) return excess(a) < excess(b) ? a : b;
  return b.accuracy > a.accuracy ? b : a;
}

/**
 * Chooses the thresholds that separate the classes best with at most 20 changes of level per day, by
 * coordinate search: for each distance between the two thresholds of a border, each border in turn
 * moves to its best position on a grid of quantiles, until none moves.
 *
 * @param gaps Candidate distances between the two thresholds of a border, deviations of the values.
 */
export function chooseHysteresis(task: HysteresisTask, gaps = GAPS): ChosenHysteresis {
  const sorted = task.values.slice().sort();
  const borders = CENTERS.map((share) => quantile(sorted, share));
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / sorted.length);
  const tries = gaps.map((gap) => {
    const half = gap * deviation / 2;
    const assessed = new Map<string, ChosenHysteresis>();
    const at = (positions: readonly number[]): ChosenHysteresis => {
      const key = positions.join();
      const found = assessed.get(key) ?? assess(task, {
        enter: positions.map((position) => (borders[position] ?? NaN) + half),
        leave: positions.map((position) => (borders[position] ?? NaN) - half),
      });
      assessed.set(key, found);
      return found;
    };
    let positions = Array.from(
      { length: task.levels - 1 },
      (_, i) => Math.round((i + 1) * (borders.length + 1) / task.levels) - 1,
    );
    let best = at(positions);
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      const before = best;
      for (const i of positions.keys()) {
        const low = (positions[i - 1] ?? -1) + 1;
        const high = positions[i + 1] ?? borders.length;
        for (let position = low; position < high; position++) {
          const moved = positions.with(i, position);
          const tried = at(moved);
          if (better(best, tried) !== best) [best, positions] = [tried, moved];
        }
      }
      if (best === before) break;
    }
    return best;
  });
  return tries.reduce(better);
}
