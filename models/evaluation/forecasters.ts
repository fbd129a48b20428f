import { type CoreHmm, quantile } from "../../core-wasm/core.ts";
import type { HeldOut } from "../artifact/walk_forward.ts";
import type { Blocks } from "./bootstrap.ts";
import { type ForecastSums, prepareForecastTest, sumForecast } from "./forecast_sums.ts";
import {
  classify,
  expectOccupancy,
  fitTable,
  type Memberships,
  membershipsOf,
  scoreForecast,
} from "./forecast.ts";
import { chooseHysteresis, type ChosenHysteresis, hysteresisPath } from "./hysteresis.ts";

/** The input of forecasters for some bars, and the outcomes. */
export interface ForecastBars {
  /** The model's filtered posteriors. */
  readonly posteriors: Float64Array;
  /** Smoothed log range, standardized by the prior window. */
  readonly range: Float64Array;
  /** Smoothed log range. */
  readonly plainRange: Float64Array;
  /** Future volatility; NaN where it is unknown. */
  readonly volatility: Float64Array;
  /** Bars of each sequence. */
  readonly lengths: readonly number[];
}

type Thresholds = HeldOut["forecast"]["thresholds"][number];

/** The scores of all forecasters on test bars. */
export interface ForecasterSums {
  readonly model: ForecastSums;
  readonly hysteresis: ForecastSums;
  readonly plainHysteresis: ForecastSums;
  readonly range: ForecastSums;
  readonly frequencies: ForecastSums;
  readonly thresholds: Thresholds;
}

function describe({ enter, leave, flipsPerDay }: ChosenHysteresis): Thresholds["hysteresis"] {
  return { enter: [...enter], leave: [...leave], flips_per_day: flipsPerDay };
}

/**
 * Compares forecasts of the model and its baselines: in which tercile of the training bars the
 * volatility of the next minutes falls. Everything that a forecaster uses (borders, thresholds,
 * frequencies) comes from the training bars.
 */
export function compareForecasters(
  hmm: CoreHmm,
  train: ForecastBars,
  test: ForecastBars,
  blocks: Blocks,
): ForecasterSums {
  const known = train.volatility.filter((value) => !Number.isNaN(value)).sort();
  const borders = [quantile(known, 1 / 3), quantile(known, 2 / 3)];
  const trainTruth = classify(train.volatility, borders);
  const testTruth = classify(test.volatility, borders);
  const levels = hmm.startprob.length;
  const outcomes = prepareForecastTest(test.volatility, blocks);

  const compare = (
    groupsOf: (bars: ForecastBars) => Memberships,
    ranking?: Float64Array,
  ): ForecastSums => {
    const table = fitTable(groupsOf(train), trainTruth, train.volatility);
    const scores = scoreForecast(groupsOf(test), table, testTruth);
    return sumForecast(
      ranking === undefined ? scores : { ...scores, expected: ranking },
      outcomes,
    );
  };
  const choose = (values: (bars: ForecastBars) => Float64Array) => {
    const { lengths } = train;
    const task = { values: values(train), lengths, truth: trainTruth, classes: 3, levels };
    const chosen = chooseHysteresis(task);
    const sums = compare((bars) =>
      membershipsOf(hysteresisPath(values(bars), bars.lengths, chosen), levels)
    );
    return { sums, thresholds: describe(chosen) };
  };

  const sorted = train.range.slice().sort();
  const rangeBorders = [quantile(sorted, 1 / 3), quantile(sorted, 2 / 3)];
  const hysteresis = choose((bars) => bars.range);
  const plain = choose((bars) => bars.plainRange);
  return {
    model: compare(({ posteriors }) => expectOccupancy(posteriors, hmm)),
    hysteresis: hysteresis.sums,
    plainHysteresis: plain.sums,
    range: compare((bars) => membershipsOf(classify(bars.range, rangeBorders), 3), test.range),
    frequencies: compare((bars) => membershipsOf(new Uint8Array(bars.range.length), 1)),
    thresholds: { hysteresis: hysteresis.thresholds, plain_hysteresis: plain.thresholds },
  };
}
