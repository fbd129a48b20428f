import type { VolatilityArtifact } from "../../models/artifact/read.ts";
import { barCount, type BarSequence, SequenceCutter } from "../../models/training/sequences.ts";
import { fitVolatility } from "../../models/training/volatility/fit_volatility.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import { simulatedMarket, type TrueMinute, trueMinutes } from "../../service/commands/notebooks.ts";
import { filterReference } from "./reference_filter.ts";
import { SeenDensity } from "./seen_density.ts";

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
  /** The reference's posterior of each bar, one number per regime. */
  readonly reference: Float64Array;
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

/** The bars of a span with their latent minutes. */
export function simulateMinutes(
  span: SimulatedSpan,
): { readonly bars: BarSequence; readonly minutes: readonly TrueMinute[] } {
  const bars = simulateBars(span);
  const to = span.from + barCount(bars) * MINUTE_MS;
  return { bars, minutes: [...trueMinutes({ ...span, to })] };
}

/** The reference's density is fitted on a market of another seed, so many further. */
const OTHER_SEED = 1_000;
const FITTED_DAYS = 30;

/** Simulates a market and filters it with the reference. */
export function simulateTruth(span: SimulatedSpan): SimulatedTruth {
  const { bars, minutes } = simulateMinutes(span);
  const other = simulateMinutes({ ...span, seed: span.seed + OTHER_SEED, days: FITTED_DAYS });
  return {
    bars,
    minutes,
    regimes: Uint8Array.from(minutes, ({ regime }) => regime),
    reference: filterReference(bars, minutes, new SeenDensity(other.bars, other.minutes)),
  };
}

/** A volatility model that is fitted to a span of a simulated market, without an evaluation. */
export function fitToSimulator(span: SimulatedSpan): VolatilityArtifact {
  const bars = simulateBars(span);
  return fitVolatility({
    sequences: [bars],
    markets: [{ symbol: span.symbol, runs: [bars] }],
    market: "spot",
    tests: [],
  });
}
