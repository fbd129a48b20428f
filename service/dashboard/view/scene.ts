import type { Signal } from "../../../data/schema/signal.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { candleMinutes, type Candles, toCandles } from "../data/candles.ts";
import { visibleSignals } from "../data/history.ts";
import { hasForest, primaryModel, shownModel } from "../data/model.ts";
import { type Outputs, outputsOf } from "../data/outputs.ts";
import { type FeatureScale, type FeatureStyle, featureStyle } from "../data/features.ts";
import { type Posterior, toPosteriors } from "../data/posteriors.ts";
import { regimeColours } from "../data/regimes.ts";
import { type TimeWindow, windowOf } from "../data/span.ts";
import { priceDecimals } from "../format/price.ts";
import type { Zone } from "../format/time.ts";
import type { Page } from "./page.ts";

/** The content of all charts: the visible signals and how to draw them. */
export interface Scene {
  readonly window: TimeWindow;
  readonly zone: Zone;
  readonly signals: readonly Signal[];
  readonly nowcast: Signal | null;
  /** The shown model's output for a signal. */
  readonly outputs: Outputs;
  /** The regimes of the shown model. */
  readonly regimes: readonly string[];
  /** Regime probabilities, averaged over each candle. */
  readonly posteriors: readonly Posterior[];
  /** Regime probabilities of the forming minute. */
  readonly formingPosterior: Posterior | undefined;
  /** CSS colours of the regimes. */
  readonly colours: readonly string[];
  readonly features: readonly FeatureStyle[];
  readonly featureScale: FeatureScale;
  /** Whether there are anomaly scores: of the running models, or of those that ran before. */
  readonly scored: boolean;
  /** Anomaly threshold; null without a forest and before the models are loaded. */
  readonly offset: number | null;
  /** Decimals of prices. */
  readonly decimals: number;
  /** Length of a candle, minutes. */
  readonly candleMinutes: number;
  readonly candles: Candles;
}

/** Signals whose prices determine the decimals. */
const SAMPLE = 200;

/** Decimals of the prices of a market. */
export function decimalsOf(signals: readonly Signal[]): number {
  return priceDecimals(signals.slice(-SAMPLE).map(({ close }) => close));
}

/** The scene of a page with a plot area of `width` pixels; null while there is no data. */
export function sceneOf(page: Page, width: number): Scene | null {
  const last = page.signals.at(-1);
  if (last === undefined) return null;
  const minutes = candleMinutes(page.span, width);
  // Bars may be delayed, so that the forming minute is not the one after the last bar.
  const before = Math.max(last.timestamp, (page.nowcast?.timestamp ?? 0) - MINUTE_MS);
  const window = windowOf(before, page.span, minutes);
  const signals = visibleSignals(page.signals, window);
  const model = shownModel(page.models, page.model);
  const outputs = outputsOf(model);
  const regimes = model?.regimes ?? [];
  const forming = page.nowcast === null ? [] : [page.nowcast];
  return {
    window,
    zone: page.zone,
    signals,
    nowcast: page.nowcast,
    outputs,
    regimes,
    posteriors: toPosteriors(signals, outputs, regimes, minutes),
    formingPosterior: toPosteriors(forming, outputs, regimes, 1)[0],
    colours: regimeColours(regimes),
    features: Object.keys(last.normalized).map(featureStyle),
    featureScale: page.featureScale,
    scored: hasForest(page.models) || signals.some(({ is_anomaly }) => is_anomaly !== null),
    offset: primaryModel(page.models)?.offset ?? null,
    decimals: decimalsOf(signals),
    candleMinutes: minutes,
    candles: toCandles(signals, page.nowcast, minutes),
  };
}
