import type { Signal } from "../../../data/schema/signal.ts";
import { candleMinutes } from "../data/candles.ts";
import { primaryModel, shownModel } from "../data/model.ts";
import { type Opinions, opinionsOf } from "../data/opinions.ts";
import { type FeatureScale, type FeatureStyle, featureStyle } from "../data/features.ts";
import { type Posterior, toPosteriors } from "../data/posteriors.ts";
import { regimeColours } from "../data/regimes.ts";
import { visibleSignals, windowOf } from "../data/span.ts";
import { priceDecimals } from "../format/price.ts";
import type { TimeWindow } from "../data/span.ts";
import type { Zone } from "../format/time.ts";
import type { Page } from "./page.ts";

/** What all charts of the page draw: the visible signals and how they are to look. */
export interface Scene {
  readonly window: TimeWindow;
  readonly zone: Zone;
  readonly signals: readonly Signal[];
  readonly nowcast: Signal | null;
  /** What the shown model says of a signal. */
  readonly opinions: Opinions;
  /** The regimes of the shown model. */
  readonly regimes: readonly string[];
  /** The regimes' probabilities, averaged over each candle. */
  readonly posteriors: readonly Posterior[];
  /** The same of the forming minute. */
  readonly formingPosterior: Posterior | undefined;
  readonly colours: readonly string[];
  readonly features: readonly FeatureStyle[];
  readonly featureScale: FeatureScale;
  readonly offset: number | null;
  readonly decimals: number;
  readonly candleMinutes: number;
}

/** The scene of a page whose charts are `width` pixels wide; null while there is no data. */
export function sceneOf(page: Page, width: number): Scene | null {
  const last = page.signals.at(-1);
  if (last === undefined) return null;
  const minutes = candleMinutes(page.span, width);
  const window = windowOf(last.timestamp, page.span, minutes);
  const signals = visibleSignals(page.signals, window);
  const model = shownModel(page.models, page.model);
  const opinions = opinionsOf(model);
  const regimes = model?.regimes ?? [];
  const forming = page.nowcast === null ? [] : [page.nowcast];
  return {
    window,
    zone: page.zone,
    signals,
    nowcast: page.nowcast,
    opinions,
    regimes,
    posteriors: toPosteriors(signals, opinions, regimes, minutes),
    formingPosterior: toPosteriors(forming, opinions, regimes, 1)[0],
    colours: regimeColours(regimes),
    features: Object.keys(last.normalized).map(featureStyle),
    featureScale: page.featureScale,
    offset: primaryModel(page.models)?.offset ?? null,
    decimals: priceDecimals(signals.slice(-200).map((signal) => signal.close)),
    candleMinutes: minutes,
  };
}
