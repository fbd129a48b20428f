import { quantile } from "../../core-wasm/core.ts";
import { labelKey } from "../../data/schema/signal.ts";
import type { HeldOut } from "../artifact/walk_forward.ts";
import { BlockBootstrap } from "./bootstrap.ts";
import { type ForecastSums, summarizeBaseline, summarizeForecast } from "./forecast_sums.ts";
import type { ForecasterSums } from "./forecasters.ts";
import type { FoldMeasures } from "./measure_fold.ts";
import { compareRegimes, estimateNext, type RegimeSums } from "./regimes.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

const sumOf = (values: Iterable<number>) => [...values].reduce((sum, x) => sum + x, 0);

/** Mean over folds, weighted by their test bars. */
function weightedMean(
  folds: readonly FoldMeasures[],
  of: (fold: FoldMeasures) => number | undefined,
): number {
  const pairs = folds.flatMap((fold) => {
    const value = of(fold);
    return value === undefined ? [] : [[value, fold.part.test.bars] as const];
  });
  return sumOf(pairs.map(([value, bars]) => value * bars)) / sumOf(pairs.map(([, bars]) => bars));
}

/** The blocks of all folds, one fold after the other. */
function join(
  folds: readonly FoldMeasures[],
  of: (fold: FoldMeasures) => Float64Array | undefined,
): Float64Array {
  return Float64Array.from(folds.flatMap((fold) => Array.from(of(fold) ?? [])));
}

function joinRegime(folds: readonly FoldMeasures[], k: number): RegimeSums {
  const column = (name: keyof RegimeSums) => join(folds, (fold) => fold.regimes[k]?.[name]);
  return {
    bars: column("bars"),
    volatility: column("volatility"),
    absoluteReturn: column("absoluteReturn"),
    volume: column("volume"),
  };
}

function joinForecast(
  folds: readonly FoldMeasures[],
  name: Exclude<keyof ForecasterSums, "thresholds">,
): ForecastSums {
  const first = folds[0]?.forecast[name].ranks ?? [];
  return {
    bars: join(folds, (fold) => fold.forecast[name].bars),
    hits: join(folds, (fold) => fold.forecast[name].hits),
    logScores: join(folds, (fold) => fold.forecast[name].logScores),
    ranks: first.map((_, i) => join(folds, (fold) => fold.forecast[name].ranks[i])),
  };
}

function summarizeLikelihoods(
  folds: readonly FoldMeasures[],
  bootstrap: BlockBootstrap,
): Pick<HeldOut, "log_likelihood_per_bar" | "log_likelihood_gain"> {
  const bars = join(folds, (fold) => fold.bars);
  const column = (name: keyof FoldMeasures["logLikelihoods"]) =>
    join(folds, (fold) => fold.logLikelihoods[name]);
  const model = column("model");
  const mean = (sums: Float64Array) => sumOf(sums) / sumOf(bars);
  const gain = (sums: Float64Array) =>
    bootstrap.mean([model.map((sum, i) => sum - (sums[i] ?? NaN)), bars]);
  const [gaussian, mixture] = [column("gaussian"), column("mixture")];
  const [fewer, more] = [column("fewerStates"), column("moreStates")];
  const hasMore = more.length > 0;
  return {
    log_likelihood_per_bar: {
      model: mean(model),
      gaussian: mean(gaussian),
      mixture: mean(mixture),
      fewer_states: mean(fewer),
      ...(hasMore && { more_states: mean(more) }),
    },
    log_likelihood_gain: {
      gaussian: gain(gaussian),
      mixture: gain(mixture),
      fewer_states: gain(fewer),
      ...(hasMore && { more_states: gain(more) }),
    },
  };
}

function summarizeRegimes(
  folds: readonly FoldMeasures[],
  labels: readonly string[],
  bootstrap: BlockBootstrap,
): Pick<HeldOut, "regimes" | "last_to_first"> {
  const bars = sumOf(folds.map((fold) => fold.part.test.bars));
  const sums = labels.map((_, k) => joinRegime(folds, k));
  const regimes = labels.map((label, k) => {
    const seen = sumOf(folds.map(({ visits }) => visits.bars[k] ?? 0));
    const runs = sumOf(folds.map(({ visits }) => visits.runs[k] ?? 0));
    const joined = sums[k];
    return [labelKey(label), {
      share: seen / bars,
      expected_dwell_minutes: sumOf(folds.map((fold) => fold.expectedDwells[k] ?? NaN)) /
        folds.length,
      mean_dwell_minutes: runs > 0 ? seen / runs : 0,
      next: joined === undefined ? null : estimateNext(joined, bootstrap),
    }] as const;
  });
  const [first, last] = [sums[0], sums.at(-1)];
  return {
    regimes: Object.fromEntries(regimes),
    last_to_first: first && last ? compareRegimes(last, first, bootstrap) : null,
  };
}

function summarizeSmoothing(folds: readonly FoldMeasures[]): HeldOut["smoothing"] {
  const changes = sumOf(folds.map(({ delays }) => delays.changes));
  const missed = sumOf(folds.map(({ delays }) => delays.missed));
  const delays = Float64Array.from(folds.flatMap((fold) => fold.delays.delays)).sort();
  return {
    agreement: weightedMean(folds, (fold) => fold.agreement),
    changes,
    missed: changes > 0 ? missed / changes : null,
    median_delay_minutes: delays.length > 0 ? quantile(delays, 0.5) : null,
    p90_delay_minutes: delays.length > 0 ? quantile(delays, 0.9) : null,
  };
}

/**
 * Pools folds into the held-out part of the scorecard.
 *
 * @param folds At least one.
 * @param labels Labels of the regimes.
 * @param seed Seed of the bootstrap.
 */
export function summarizeFolds(
  folds: readonly FoldMeasures[],
  labels: readonly string[],
  seed: number,
): HeldOut {
  const bootstrap = new BlockBootstrap(join(folds, (fold) => fold.bars).length, seed);
  const bars = sumOf(folds.map((fold) => fold.part.test.bars));
  const model = joinForecast(folds, "model");
  const baseline = (name: Parameters<typeof joinForecast>[1]) =>
    summarizeBaseline(model, joinForecast(folds, name), bootstrap);
  const consecutive = weightedMean(folds, (fold) => fold.consecutiveStability);
  return {
    parts: folds.map((fold) => fold.part),
    ...summarizeLikelihoods(folds, bootstrap),
    selection: folds.at(-1)?.selection ?? [],
    flips_per_day: sumOf(folds.map(({ visits }) => visits.flips)) / bars * DAY_MINUTES,
    ...summarizeRegimes(folds, labels, bootstrap),
    smoothing: summarizeSmoothing(folds),
    stability: {
      seeds: weightedMean(folds, (fold) => fold.seedStability),
      consecutive: Number.isNaN(consecutive) ? null : consecutive,
    },
    anomaly_rate: sumOf(folds.map((fold) => fold.anomalies)) / bars,
    forecast: {
      model: summarizeForecast(model),
      baselines: {
        hysteresis: baseline("hysteresis"),
        plain_hysteresis: baseline("plainHysteresis"),
        range: baseline("range"),
        frequencies: baseline("frequencies"),
      },
      thresholds: folds.map((fold) => fold.forecast.thresholds),
    },
  };
}
