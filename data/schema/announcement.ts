import type { Bar } from "./bar.ts";
import type { Signal } from "./signal.ts";
import type { ModelStatus, Status } from "./status.ts";

/** What ingestion knows of its feed: the status of the service less that of the models. */
export type FeedStatus = Omit<Status, "models" | "models_problem">;

/** What the engine knows of its models. */
export interface ModelsStatus {
  /** The models that are live, the primary first. */
  readonly models: readonly ModelStatus[];
  /** Why the artifact files are not what is live, or not fully; null while all is well. */
  readonly problem: string | null;
}

/**
 * What the stages say to each other beside the durable records: lossy, never stored.
 *
 * - `forming`: the bar of the current minute so far (from ingest, at most once a second a symbol)
 * - `nowcast`: the signal that this bar would give if its minute ended now (from engine)
 * - `feed`: state of the feed (from ingest: on each change and every second)
 * - `models`: state of the models (from engine: on each change and every few seconds)
 * - `reload`: a request to read the model files again (from serve)
 * - `reloaded`: the answer to it (from engine); `error` says why the files cannot be used
 */
export type Announcement =
  | { readonly kind: "forming"; readonly bar: Bar }
  | { readonly kind: "nowcast"; readonly signal: Signal }
  | { readonly kind: "feed"; readonly status: FeedStatus }
  | { readonly kind: "models"; readonly status: ModelsStatus }
  | { readonly kind: "reload"; readonly request: string }
  | { readonly kind: "reloaded"; readonly request: string; readonly error: string | null };
