import type { Signal } from "../../engine/signal.ts";
import type { Status } from "../../status.ts";
import type { FeatureScale } from "../data/features.ts";
import type { Link } from "../data/feed.ts";
import type { Model } from "../data/model.ts";
import { firstAtOrAfter, type Span } from "../data/span.ts";
import type { Zone } from "../format/time.ts";

/** How far the history of the chosen market is. */
export type Loading =
  | { readonly state: "loading" }
  | { readonly state: "ready" }
  | { readonly state: "failed"; readonly message: string };

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
  readonly link: Link;
  readonly loading: Loading;
  /** The minute that the pointer or the keyboard reads; null for the latest. */
  readonly cursor: number | null;
}

/** The model whose opinion is at the top level of a signal. */
export function primaryModel({ models }: Page): Model | undefined {
  return models.find((model) => model.primary) ?? models[0];
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
