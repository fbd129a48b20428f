import type { ModelOutput, Signal } from "../../../data/schema/signal.ts";
import type { Status } from "../../../data/schema/status.ts";
import type { FeatureScale } from "../data/features.ts";
import type { Link } from "../data/feed.ts";
import { type Model, shownModel } from "../data/model.ts";
import { opinionsOf } from "../data/opinions.ts";
import { firstAtOrAfter, type Span } from "../data/span.ts";
import type { Zone } from "../format/time.ts";

/** How far the history of the chosen market is. */
export type Loading =
  | { readonly state: "loading" }
  | { readonly state: "ready" }
  | { readonly state: "failed"; readonly message: string };

/** News that the page tells for a while. */
export interface Notice {
  readonly text: string;
  /** Since when, ms UTC of this browser. */
  readonly at: number;
}

/** Everything that the page shows. */
export interface Page {
  readonly symbol: string;
  readonly symbols: readonly string[];
  readonly span: Span;
  readonly zone: Zone;
  readonly featureScale: FeatureScale;
  /** Final signals, oldest first. */
  readonly signals: readonly Signal[];
  readonly nowcast: Signal | null;
  readonly status: Status | null;
  /** When the status came, ms UTC of this browser. */
  readonly statusAt: number;
  readonly models: readonly Model[];
  /** The model that the reader chose; null for the one that is shown unasked. */
  readonly model: string | null;
  /** The last change of models. */
  readonly notice: Notice | null;
  readonly link: Link;
  readonly loading: Loading;
  /** The minute that the pointer or the keyboard reads; null for the latest. */
  readonly cursor: number | null;
}

/** What the shown model says of a signal's minute; undefined where it did not see it. */
export function opinionOf(page: Page, signal: Signal | undefined): ModelOutput | undefined {
  return signal && opinionsOf(shownModel(page.models, page.model))(signal);
}

/** The latest that is known of the market: the nowcast, or the last final signal. */
export function latest({ signals, nowcast }: Page): Signal | undefined {
  return nowcast ?? signals.at(-1);
}

/** The signal of the minute that is read; undefined where there is none. */
export function readSignal(page: Page): Signal | undefined {
  const { cursor, nowcast, signals } = page;
  if (cursor === null) return latest(page);
  if (cursor === nowcast?.timestamp) return nowcast;
  const found = signals[firstAtOrAfter(signals, cursor)];
  return found?.timestamp === cursor ? found : undefined;
}
