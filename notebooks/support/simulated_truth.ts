import { computeFeatures, filterRows, warmUpBars } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { HmmArtifact } from "../../models/artifact/read.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { compareWithOracle, type OracleComparison } from "../../models/evaluation/oracle.ts";
import { barCount, type BarSequence, SequenceCutter } from "../../models/training/sequences.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import {
  REGIMES,
  simulatedMarket,
  type TrueMinute,
  trueMinutes,
} from "../../service/commands/notebooks.ts";
import { filterTrueModel } from "./bayes_filter.ts";

/** A span of a simulated market. */
export interface SimulatedSpan {
  readonly seed: number;
  readonly symbol: string;
  /** First open time, ms UTC; not before 2025-01-01. */
  readonly from: number;
  readonly days: number;
}

/** A span of a simulated market with its latent history. */
export interface SimulatedTruth {
  readonly bars: BarSequence;
  /** The latent history, one minute per bar. */
  readonly minutes: readonly TrueMinute[];
  /** True regime of each bar. */
  readonly regimes: Uint8Array;
  /** The oracle's posterior of each bar, one number per regime. */
  readonly optimal: Float64Array;
}

/** A model compared with the oracle on a simulated market. */
export interface TruthComparison extends OracleComparison {
  /** Index of the first scored bar. */
  readonly first: number;
  /** The model's posterior of each bar, one number per state; 0 during its warm-up. */
  readonly posteriors: Float64Array;
  /** The model's most probable state at each bar. */
  readonly path: Uint8Array;
}

/**
 * The one-minute bars of a simulated market, from its klines.
 *
 * @throws RangeError for a span without bars.
 */
export function simulateBars({ seed, symbol, from, days }: SimulatedSpan): BarSequence {
  const market = simulatedMarket({ seed, symbols: [symbol] }).market(symbol);
  const cutter = new SequenceCutter();
  cutter.startFile(`simulated ${symbol}`, symbol);
  const limit = days * DAY_MINUTES;
  const now = from + limit * MINUTE_MS;
  const klines = market?.klines({ from, to: now - 1, now, limit, keep: "oldest" }) ?? [];
  for (const kline of klines) {
    cutter.add({
      open_time: kline.openTime,
      open: Number(kline.open),
      high: Number(kline.high),
      low: Number(kline.low),
      close: Number(kline.close),
      volume: Number(kline.volume),
    });
  }
  const [bars] = cutter.finish();
  if (bars !== undefined) return bars;
  throw new RangeError(
    `Cannot simulate ${symbol} as days must be above 0: current value is ${days}`,
  );
}

/** Simulates a market and filters it with the oracle. */
export function simulateTruth(span: SimulatedSpan): SimulatedTruth {
  const bars = simulateBars(span);
  const to = span.from + barCount(bars) * MINUTE_MS;
  const minutes = [...trueMinutes({ ...span, to })];
  return {
    bars,
    minutes,
    regimes: Uint8Array.from(minutes, ({ regime }) => regime),
    optimal: filterTrueModel(minutes),
  };
}

/**
 * Compares a model with the oracle on a simulated market. Its states are mapped to regimes on the
 * first half of the observed bars; the second half is scored.
 *
 * @throws RangeError when the span is not longer than the model's warm-up.
 */
export function compareWithTruth(
  { bars, regimes, optimal }: SimulatedTruth,
  { features, hmm }: Pick<HmmArtifact, "features" | "hmm">,
): TruthComparison {
  const count = barCount(bars);
  const states = hmm.startprob.length;
  const wasm = loadCore();
  const { normalized, dims } = computeFeatures(wasm, features, bars.bars, [count], [bars.start]);
  const skipped = Math.min(warmUpBars(features), count);
  // Like the service, the filter starts after the warm-up.
  const filtered = filterRows(wasm, hmm, normalized.subarray(skipped * dims), [count - skipped]);
  const posteriors = new Float64Array(count * states);
  posteriors.set(filtered.posteriors, skipped * states);
  const first = skipped + Math.floor((count - skipped) / 2);
  const path = argmaxRows(posteriors, states);
  const comparison = compareWithOracle(
    { labels: regimes.subarray(skipped, first), model: path.subarray(skipped, first) },
    {
      labels: regimes.subarray(first),
      model: path.subarray(first),
      oracle: argmaxRows(optimal, REGIMES.length).subarray(first),
      lengths: [count - first],
    },
    { states, regimes: REGIMES.length },
  );
  return { ...comparison, first, posteriors, path };
}
