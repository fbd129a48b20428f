import type { HeldOut } from "../artifact/walk_forward.ts";
import { type BlockBootstrap, type Blocks, sumBlocks } from "./bootstrap.ts";
import type { ForecastScores } from "./forecast.ts";
import { correlation, scaledRanks } from "./ranks.ts";

/** Sums of each block over the bars with a known outcome. */
export interface ForecastSums {
  readonly bars: Float64Array;
  readonly hits: Float64Array;
  readonly logScores: Float64Array;
  /** Sums of the ranks of forecast and outcome: x, y, x^2, y^2, x y. */
  readonly ranks: readonly Float64Array[];
}

/** The outcomes that forecasts are compared with. */
export interface ForecastTest {
  readonly isKnown: (value: number, row: number) => boolean;
  /** Blocks of all bars, and of those with a known outcome. */
  readonly blocks: Blocks;
  readonly knownBlocks: Blocks;
  /** Ranks of the known volatilities. */
  readonly ranks: Float64Array;
}

/** Prepares the test of volatility forecasts; unknown volatilities are NaN. */
export function prepareForecastTest(volatility: Float64Array, blocks: Blocks): ForecastTest {
  const isKnown = (_: number, t: number) => !Number.isNaN(volatility[t] ?? NaN);
  return {
    isKnown,
    blocks,
    knownBlocks: { of: blocks.of.filter(isKnown), count: blocks.count },
    ranks: scaledRanks(volatility.filter(isKnown)),
  };
}

/** Sums a forecaster's scores. Ranks are among the given bars. */
export function sumForecast(
  { hits, logScores, expected }: ForecastScores,
  { isKnown, blocks, knownBlocks, ranks: y }: ForecastTest,
): ForecastSums {
  const x = scaledRanks(expected.filter(isKnown));
  const product = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * (b[i] ?? NaN));
  const columns = [x, y, product(x, x), product(y, y), product(x, y)];
  return {
    bars: sumBlocks(x.map(() => 1), knownBlocks),
    hits: sumBlocks(hits, blocks),
    logScores: sumBlocks(logScores, blocks),
    ranks: columns.map((column) => sumBlocks(column, knownBlocks)),
  };
}

type Forecaster = HeldOut["forecast"]["model"];
type Baseline = HeldOut["forecast"]["baselines"]["hysteresis"];

const total = (column: Float64Array) => column.reduce((sum, x) => sum + x, 0);

/** A forecaster's figures. */
export function summarizeForecast({ bars, hits, logScores, ranks }: ForecastSums): Forecaster {
  const spearman = correlation([bars, ...ranks].map(total));
  return {
    accuracy: total(hits) / total(bars),
    log_score: total(logScores) / total(bars),
    rank_correlation: Number.isNaN(spearman) ? null : spearman,
  };
}

/** A baseline's figures, and the model's minus them. */
export function summarizeBaseline(
  model: ForecastSums,
  baseline: ForecastSums,
  bootstrap: BlockBootstrap,
): Baseline {
  const difference = (column: (sums: ForecastSums) => Float64Array) =>
    bootstrap.mean([column(model).map((sum, i) => sum - (column(baseline)[i] ?? NaN)), model.bars]);
  const columns = [model.bars, ...model.ranks, baseline.bars, ...baseline.ranks];
  const width = columns.length / 2;
  return {
    ...summarizeForecast(baseline),
    model_minus: {
      accuracy: difference((sums) => sums.hits),
      log_score: difference((sums) => sums.logScores),
      rank_correlation: bootstrap.estimate(
        columns,
        (totals) => correlation(totals.slice(0, width)) - correlation(totals.slice(width)),
      ),
    },
  };
}
