import type { ReadyOutput, Signal } from "../../../data/schema/signal.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Status } from "../../../data/schema/status.ts";
import type { FeatureScale } from "../data/features.ts";
import type { Model } from "../client/decode.ts";
import type { Link } from "../client/link.ts";
import { shownModel } from "../data/model.ts";
import { outputsOf } from "../data/outputs.ts";
import { firstAtOrAfter } from "../data/history.ts";
import type { Span } from "../data/span.ts";
import type { Zone } from "../format/time.ts";

/** State of loading the history of the shown market. */
export type Loading =
  | { readonly state: "loading" }
  | { readonly state: "ready" }
  | { readonly state: "failed"; readonly message: string };

/** A message that is shown for a limited time. */
export interface Notice {
  readonly text: string;
  /** Start of that time, ms UTC of this browser. */
  readonly at: number;
}

/** The state of the page. */
export interface Page {
  /** The shown market; empty while there is none. */
  readonly symbol: string;
  /** The market that was asked for and that the service does not have; null if there is none. */
  readonly unknown: string | null;
  /** The markets that the service watches. */
  readonly symbols: readonly string[];
  readonly span: Span;
  readonly zone: Zone;
  readonly featureScale: FeatureScale;
  /** Final signals, oldest first. */
  readonly signals: readonly Signal[];
  readonly nowcast: Signal | null;
  readonly status: Status | null;
  /** When the status arrived, ms UTC of this browser. */
  readonly statusAt: number;
  /** Since when the service has bars whose signals do not come, ms UTC of this browser. */
  readonly behindSince: number | null;
  readonly models: readonly Model[];
  /** Name of the model that the reader chose; null for the default one. */
  readonly model: string | null;
  /** The last promotion of a model. */
  readonly notice: Notice | null;
  readonly link: Link;
  readonly loading: Loading;
  /** Open time of the selected minute, ms UTC; null for the latest. */
  readonly cursor: number | null;
}

/** The shown model's output for a signal; undefined if there is none. */
export function outputOf(page: Page, signal: Signal | undefined): ReadyOutput | undefined {
  return signal && outputsOf(shownModel(page.models, page.model))(signal);
}

/** The latest signal of the market: the nowcast, or the last final signal. */
export function latest({ signals, nowcast }: Page): Signal | undefined {
  return nowcast ?? signals.at(-1);
}

/** Longest time between the last bar and the forming minute in which a regime is of now, ms. */
const RECENT_MS = 5 * MINUTE_MS;

/**
 * The last final signal, if it is of now: what loads as history, or waits for the disk, is not.
 * Undefined otherwise.
 */
export function lastFinal({ signals, nowcast, status, symbol }: Page): Signal | undefined {
  const last = signals.at(-1);
  if (last === undefined) return undefined;
  if (nowcast !== null) {
    return nowcast.timestamp - last.timestamp <= RECENT_MS ? last : undefined;
  }
  const market = status?.symbols.find((each) => each.symbol === symbol);
  return (market?.loading ?? null) === null ? last : undefined;
}

/** The signal of the selected minute; undefined if there is none. */
export function selectedSignal(page: Page): Signal | undefined {
  const { cursor, nowcast, signals } = page;
  if (cursor === null) return latest(page);
  if (cursor === nowcast?.timestamp) return nowcast;
  const found = signals[firstAtOrAfter(signals, cursor)];
  return found?.timestamp === cursor ? found : undefined;
}
