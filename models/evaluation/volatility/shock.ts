import { computeFeatures, type CoreForest, fitForest, scoreRows } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { DAY_MINUTES, DAY_MS, MINUTE_MS } from "../../../data/schema/time.ts";
import type { ShockScorecard } from "../../artifact/forecast_scorecard.ts";
import { classicFeatures } from "../../training/classic_features.ts";
import { barCount, type BarSequence, joinBars, lastTime } from "../../training/sequences.ts";
import { SHOCK } from "../../training/volatility/fit_forecast.ts";
import { NEED, type VolatilityHistory } from "../../training/volatility/history.ts";
import type { Market } from "../../training/volatility/markets.ts";
import { exp, logs } from "../../training/volatility/numbers.ts";
import { BlockBootstrap } from "../bootstrap.ts";

/** Alarms a day that are aimed at: the model's, and few. */
const RATES = [SHOCK.alarms_a_day, 5] as const;
/** Largest moves of a run. */
const MOVES = 20;
/** Minutes of a move. */
const MOVE_MINUTES = 5;
/** Least minutes from one move to the next. */
const APART = 60;
/** Least bars of a run that is measured: a week. */
const MIN_BARS = 7 * DAY_MINUTES;
/** Months of storms, whose moves are looked at apart. */
const STORMS = ["2021-05", "2024-02", "2024-10", "2025-03"];
/** The classic model's window and share of anomalies, and its seed. */
const [WINDOW, CONTAMINATION, SEED] = [20, 0.05, 1];

/**
 * Alarms of the shock score: it is above a threshold whose log rises by `step` at an alarm and falls
 * steadily, so that there are as many alarms a day as it aims at.
 *
 * @param have Bars of the sequence so far, with which the threshold starts anew.
 * @returns 1 at an alarm, else 0.
 */
export function shockAlarms(
  shock: Float64Array,
  have: Int32Array,
  rate: number,
): Uint8Array {
  const share = rate / DAY_MINUTES;
  const [rise, fall] = [exp(SHOCK.step * (1 - share)), exp(-SHOCK.step * share)];
  const alarms = new Uint8Array(shock.length);
  let threshold: number = SHOCK.start;
  for (let t = 0; t < shock.length; t++) {
    const seen = have[t] ?? 1;
    if (seen === 1) threshold = SHOCK.start;
    const isShock = seen > 1 && (shock[t] ?? NaN) > threshold;
    alarms[t] = isShock ? 1 : 0;
    threshold *= isShock ? rise : fall;
  }
  return alarms;
}

/**
 * The largest moves over five minutes, in units of the deviation of the minutes of their day, at
 * least an hour apart.
 *
 * @param start Open time of the first minute, ms UTC.
 * @param close Closes of contiguous minutes.
 * @param first First minute in which a move may end.
 * @returns The last minute of each, the largest first.
 */
export function largestMoves(start: number, close: Float64Array, first: number): number[] {
  const price = logs(close);
  const dayOf = (t: number) =>
    Math.floor((start + t * MINUTE_MS) / DAY_MS) - Math.floor(start / DAY_MS);
  const sums = new Float64Array(dayOf(close.length) + 1);
  const counts = new Float64Array(sums.length);
  for (let t = 1; t < close.length; t++) {
    const day = dayOf(t);
    sums[day] = (sums[day] ?? 0) + ((price[t] ?? NaN) - (price[t - 1] ?? NaN)) ** 2;
    counts[day] = (counts[day] ?? 0) + 1;
  }
  const sizes = new Float64Array(close.length);
  for (let t = Math.max(first, MOVE_MINUTES); t < close.length; t++) {
    const day = dayOf(t);
    const deviation = Math.sqrt((sums[day] ?? NaN) / (counts[day] ?? NaN));
    const move = Math.abs((price[t] ?? NaN) - (price[t - MOVE_MINUTES] ?? NaN));
    sizes[t] = deviation > 0 ? move / deviation : 0;
  }
  const order = new Uint32Array(sizes.length).map((_, t) => t)
    .sort((a, b) => (sizes[b] ?? NaN) - (sizes[a] ?? NaN));
  const found: number[] = [];
  for (const t of order) {
    if (found.length === MOVES || !((sizes[t] ?? 0) > 0)) break;
    if (found.every((other) => Math.abs(other - t) >= APART)) found.push(t);
  }
  return found;
}

/** Scores of a run's bars by the classic model's forest; lower is more anomalous. */
function forestScores(forest: CoreForest, { start, bars }: BarSequence): Float64Array {
  const { normalized, dims } = featuresOf([{ start, bars }]);
  return scoreRows(loadCore(), forest, normalized, dims);
}

/** Features of runs of bars, as the classic model sees them. */
function featuresOf(runs: readonly BarSequence[]) {
  return computeFeatures(loadCore(), classicFeatures(WINDOW), joinBars(runs), runs.map(barCount));
}

/** The classic model's forest, fitted to the training history. */
export function fitClassicForest(markets: readonly Market[]): CoreForest {
  const { normalized, dims } = featuresOf(markets.flatMap(({ runs }) => runs));
  return fitForest(loadCore(), normalized, dims, { seed: SEED, contamination: CONTAMINATION })
    .forest;
}

/** The `count` lowest scores from a bar on, as alarms. */
function lowestScores(scores: Float64Array, first: number, count: number): Uint8Array {
  const sorted = scores.slice(first).sort();
  const limit = count > 0 ? sorted[count - 1] ?? -Infinity : -Infinity;
  return Uint8Array.from(scores, (score, t) => (t >= first && score <= limit ? 1 : 0));
}

type Run = ShockScorecard["runs"][number];

/** A run with the days of its moves, whose blocks are resampled together. */
export interface MeasuredRun {
  readonly run: Run;
  /** Of each move: its day, and whether each detector of each rate caught it. */
  readonly moves: readonly { day: number; shock: readonly boolean[]; forest: readonly boolean[] }[];
}

function measureRun(
  sequence: BarSequence,
  /** Of each rate, the alarms of the run's bars; and the bars of the sequence with the first one. */
  { alarms, have }: { readonly alarms: readonly Uint8Array[]; readonly have: number },
  close: Float64Array,
  forest: CoreForest,
  of: Pick<Run, "symbol" | "market" | "trained">,
): MeasuredRun | undefined {
  const bars = barCount(sequence);
  // The first bar beyond the warm-up, as everywhere in the evaluation.
  const first = Math.max(0, NEED + 1 - have);
  if (bars < MIN_BARS || first >= bars) return undefined;
  const scores = forestScores(forest, sequence);
  const moves = largestMoves(sequence.start, close, first + MOVE_MINUTES);
  const detect = (alarms: Uint8Array) => ({
    count: alarms.subarray(first).reduce((sum, alarm) => sum + alarm, 0),
    caught: moves.map((t) => alarms.subarray(t - MOVE_MINUTES + 1, t + 1).includes(1)),
  });
  const shocks = alarms.map(detect);
  const forests = shocks.map(({ count }) => detect(lowestScores(scores, first, count)));
  const describe = ({ count, caught }: ReturnType<typeof detect>) => ({
    alarms_a_day: count / (bars - first) * DAY_MINUTES,
    caught: caught.filter(Boolean).length,
  });
  return {
    run: {
      symbol: of.symbol,
      market: of.market,
      from: new Date(sequence.start).toISOString(),
      to: new Date(lastTime(sequence)).toISOString(),
      bars: bars - first,
      moves: moves.length,
      trained: of.trained,
      shock: shocks.map(describe),
      forest: forests.map(describe),
    },
    moves: moves.map((t, i) => ({
      day: Math.floor((sequence.start + t * MINUTE_MS) / DAY_MS),
      shock: shocks.map(({ caught }) => caught[i] ?? false),
      forest: forests.map(({ caught }) => caught[i] ?? false),
    })),
  };
}

/** The history of markets, prepared, and whether the model was fitted to them. */
export interface ShockHistory {
  readonly markets: readonly Market[];
  readonly market: "spot" | "usdm";
  readonly history: VolatilityHistory;
  readonly trained: boolean;
}

function estimateCaught(runs: readonly MeasuredRun[], rate: number, by: "shock" | "forest") {
  // A day of a market is a block.
  const days = new Map<string, number>();
  const caught: number[] = [];
  const counts: number[] = [];
  for (const { run, moves } of runs) {
    for (const move of moves) {
      const key = `${run.symbol} ${run.market} ${move.day}`;
      const block = days.get(key) ?? days.size;
      days.set(key, block);
      caught[block] = (caught[block] ?? 0) + (move[by][rate] === true ? 1 : 0);
      counts[block] = (counts[block] ?? 0) + 1;
    }
  }
  if (days.size === 0) return null;
  return new BlockBootstrap(days.size, SEED).estimate(
    [Float64Array.from(caught), Float64Array.from(counts)],
    ([sum = NaN, count = NaN]) => sum / count,
  );
}

/**
 * Measures how many of the largest moves of each run of a week or longer the shock score catches,
 * beside the classic model's forest with a threshold that gives as many alarms in the very run.
 */
export function measureShocks(
  { markets, market, history, trained }: ShockHistory,
  forest: CoreForest,
): readonly MeasuredRun[] {
  const alarms = RATES.map((rate) => shockAlarms(history.shock, history.have, rate));
  return markets.flatMap(({ symbol, runs }, i) => {
    const rows = history.markets[i];
    if (rows === undefined) return [];
    let offset = 0;
    return runs.flatMap((sequence) => {
      const length = barCount(sequence);
      const from = rows.first + offset;
      const close = rows.bars.close.subarray(offset, offset + length);
      offset += length;
      return measureRun(
        sequence,
        {
          alarms: alarms.map((all) => all.subarray(from, from + length)),
          have: history.have[from] ?? 1,
        },
        close,
        forest,
        { symbol, market, trained },
      ) ?? [];
    });
  });
}

/**
 * Pools the runs of all histories.
 *
 * @returns undefined when there is none.
 */
export function summarizeShocks(runs: readonly MeasuredRun[]): ShockScorecard | undefined {
  if (runs.length === 0) return undefined;
  const caughtIn = (chosen: readonly MeasuredRun[]) =>
    RATES.map((_, rate) => ({
      shock: estimateCaught(chosen, rate, "shock"),
      forest: estimateCaught(chosen, rate, "forest"),
    }));
  const storms = runs.filter(({ run }) => STORMS.includes(run.from.slice(0, 7)));
  return {
    moves: MOVES,
    rates: [...RATES],
    runs: runs.map(({ run }) => run),
    caught: caughtIn(runs),
    storms: {
      months: storms.map(({ run }) => run.from.slice(0, 7)).sort(),
      caught: caughtIn(storms),
    },
  };
}
