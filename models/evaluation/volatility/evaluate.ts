import { historyBars } from "../../../core-wasm/core.ts";
import type { ForecastScorecard } from "../../artifact/forecast_scorecard.ts";
import { lastTime } from "../../training/sequences.ts";
import type { Market } from "../../training/volatility/markets.ts";
import { trainingRows } from "../../training/volatility/usable_rows.ts";
import {
  cutHistory,
  NEED,
  prepareHistory,
  selectRows,
  type VolatilityHistory,
} from "../../training/volatility/history.ts";
import { BLOCK_BARS, RESAMPLES } from "../bootstrap.ts";
import { type Fold, planFolds, TRAIN_BARS } from "../folds.ts";
import type { Interval, Segment } from "../history.ts";
import { fitPart, type PartModels } from "./fit_part.ts";
import { measurePart, type PartMeasures } from "./measure_part.ts";
import { fitClassicForest, measureShocks, summarizeShocks } from "./shock.ts";
import { type MeasuredPart, summarizeParts } from "./summarize.ts";

/** Minutes ahead of the longest forecast and of the change of a label. */
const LONGEST = 60;
/** Most minutes between training and test beyond the horizon: a week. */
const MAX_PURGED = 10_080;
/** Minutes between training and test that are left out. */
export const PURGE = Math.min(historyBars({ preset: "volatility" }), MAX_PURGED) + LONGEST;

/** Bars from one open time to another, both inclusive. */
export interface Span {
  readonly from: string;
  readonly to: string;
  readonly bars: number;
}

/** A part with its models and its measures. */
export interface TestedPart {
  readonly train: Span;
  readonly test: Span;
  readonly models: PartModels;
  readonly measures: PartMeasures;
}

/** Runs of contiguous minutes beyond the warm-up, in order of time. */
export function visibleSegments({ have, unbroken, times, count }: VolatilityHistory): Segment[] {
  const segments: Segment[] = [];
  for (let row = 0; row < count; row++) {
    if ((have[row] ?? 0) <= NEED) continue;
    const first = row;
    while (row + 1 < count && (unbroken[row + 1] ?? 0) > 1) row++;
    const length = row - first + 1;
    // A shorter run has no bar with a known outcome.
    if (length > LONGEST) segments.push({ first, length, start: times[first] ?? NaN });
  }
  return segments.sort((a, b) => a.start - b.start);
}

const isWithin = ({ from, to }: Interval, time: number) => time >= from && time < to;

/** The rows of an interval that are ready. */
function describeSpan(history: VolatilityHistory, rows: Int32Array): Span {
  const times = Float64Array.from(rows, (row) => history.times[row] ?? NaN);
  const iso = (time: number) => new Date(time).toISOString();
  return {
    from: iso(times.reduce((a, b) => Math.min(a, b), Infinity)),
    to: iso(times.reduce((a, b) => Math.max(a, b), -Infinity)),
    bars: rows.length,
  };
}

/** Fits on a fold's training rows, and tests on its test rows. */
export function testFold(history: VolatilityHistory, { train, test }: Fold): TestedPart {
  const cut = cutHistory(history, train.from, test.to);
  const isIn = (interval: Interval) => (row: number) => isWithin(interval, cut.times[row] ?? NaN);
  const models = fitPart(cut, isIn(train));
  const rows = trainingRows(cut, 15, isIn(test));
  const ready = (interval: Interval) =>
    selectRows(cut.count, (row) => (cut.have[row] ?? 0) > NEED && isIn(interval)(row));
  return {
    train: describeSpan(cut, ready(train)),
    test: describeSpan(cut, ready(test)),
    models,
    measures: measurePart(cut, rows, models),
  };
}

/** Tests fitted models on another history, all of it. */
export function testMarket(
  history: VolatilityHistory,
  models: PartModels,
  borders: string | undefined,
): { readonly test: Span; readonly measures: PartMeasures } | undefined {
  const rows = trainingRows(history, 15, () => true);
  if (rows.length === 0) return undefined;
  return {
    test: describeSpan(history, rows),
    measures: measurePart(history, rows, models, borders),
  };
}

/** The parts of a history: its folds, and its last part. */
export function planParts(history: VolatilityHistory) {
  return planFolds(visibleSegments(history), PURGE);
}

/** A market and period that is only tested. */
export interface TestHistory {
  readonly market: "spot" | "usdm";
  readonly of: Market;
}

/** What a volatility model is evaluated on. */
export interface VolatilityEvaluation {
  /** The training history by market, and prepared. */
  readonly markets: readonly Market[];
  readonly market: "spot" | "usdm";
  readonly history: VolatilityHistory;
  readonly tests: readonly TestHistory[];
  /** Whether the final part is evaluated; false while a model is still being developed. */
  readonly final: boolean;
  /** Called with the number of finished steps. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The market whose absolute borders a test uses: its own, or the one that the fit is of. */
function bordersFor({ forecast }: PartModels, symbol: string): string {
  const known = Object.keys(forecast.horizons["15"].borders_absolute_y);
  return known.includes(symbol) ? symbol : known[0] ?? symbol;
}

/**
 * Evaluates the volatility preset walk-forward: for each part of the history, in order of time, a
 * model and its baselines are fitted on earlier bars and measured on the part. Other markets and
 * periods are measured with the fit of the last part that is evaluated.
 */
export function evaluateVolatility(
  { markets, market, history, tests, final, onProgress }: VolatilityEvaluation,
): ForecastScorecard {
  const { folds, final: last, note } = planParts(history);
  const parts = [...folds, ...(final && last ? [last] : [])];
  const steps = parts.length + tests.length + 2;
  let done = 0;
  const step = () => onProgress?.(done++, steps);
  let models: PartModels | undefined;
  const tested = parts.map((fold): MeasuredPart => {
    step();
    const part = testFold(history, fold);
    models = part.models;
    return { train: part.train, test: part.test, measures: part.measures };
  });
  const [foldParts, finalParts] = [tested.slice(0, folds.length), tested.slice(folds.length)];
  const train = tested.at(-1)?.train;
  const forest = fitClassicForest(markets);
  step();
  const runs = [...measureShocks({ markets, market, history, trained: true }, forest)];
  const measured = tests.flatMap(({ market, of }) => {
    step();
    const other = prepareHistory([of]);
    runs.push(...measureShocks({ markets: [of], market, history: other, trained: false }, forest));
    if (models === undefined || train === undefined) return [];
    const found = testMarket(other, models, bordersFor(models, of.symbol));
    if (found === undefined) return [];
    return [{
      symbol: of.symbol,
      market,
      blocks: of.runs.map((run) => ({
        from: new Date(run.start).toISOString(),
        to: new Date(lastTime(run)).toISOString(),
      })),
      measures: summarizeParts([{ train, ...found }]),
    }];
  });
  const shock = summarizeShocks(runs);
  step();
  return {
    protocol: {
      train_bars: TRAIN_BARS,
      purge_minutes: PURGE,
      block_bars: BLOCK_BARS,
      resamples: RESAMPLES,
    },
    ...(note !== undefined && { note }),
    ...(foldParts.length > 0 && { folds: summarizeParts(foldParts) }),
    ...(finalParts.length > 0 && { final: summarizeParts(finalParts) }),
    ...(measured.length > 0 && { tests: measured }),
    ...(shock && { shock }),
  };
}
