import type { Bar } from "./bar.ts";
import type { ModelDescription } from "./model.ts";
import type { Signal } from "./signal.ts";
import type { FeedStatus, ModelStatus, StorageStatus } from "./status.ts";

/** State of the models: what the engine knows. */
export interface ModelsStatus {
  /** The live models, the primary first. */
  readonly models: readonly ModelStatus[];
  /** Why the artifact files are not, or not fully, what is live; null while they are. */
  readonly problem: string | null;
  /** The same models in full. */
  readonly descriptions: readonly ModelDescription[];
}

/** The bar of the current minute so far. */
export interface FormingBar {
  readonly bar: Bar;
  /** The bars before it are still being loaded: nothing can be said of it yet. */
  readonly loading?: true;
}

/**
 * What the stages say to each other beside the durable records: lossy, never stored.
 *
 * - `forming`: the bar of the current minute so far (ingest, at most once a second a symbol)
 * - `nowcast`: the signal that this bar would give if its minute ended now (engine)
 * - `feed`: state of the feed (ingest, on each change and once a second)
 * - `models`: state of the models (engine, on each change and once a second)
 * - `storage`: state of the journal (bus, on each change and once a second while it is not null)
 * - `reload`: a request to read the model files again (serve)
 * - `reloaded`: the answer to it (engine); `error` says why the files cannot be used
 * - `viewed`: the markets that somebody looks at (serve, every second)
 */
export type Announcement =
  | { readonly kind: "forming" } & FormingBar
  | { readonly kind: "nowcast"; readonly signal: Signal }
  | { readonly kind: "feed"; readonly status: FeedStatus }
  | { readonly kind: "models"; readonly status: ModelsStatus }
  | { readonly kind: "storage"; readonly status: StorageStatus | null }
  | { readonly kind: "reload"; readonly request: string }
  | { readonly kind: "viewed"; readonly symbols: readonly string[] }
  | { readonly kind: "reloaded"; readonly request: string; readonly error: string | null };
