import type { FeatureScale } from "./data/features.ts";
import { parseSpan, type Span } from "./data/span.ts";
import type { Zone } from "./format/time.ts";
import { recall } from "./storage.ts";

/** The reader's choices. */
export interface Settings {
  readonly span: Span;
  readonly zone: Zone;
  readonly featureScale: FeatureScale;
  /** Name of the model to show; null for the default one. */
  readonly model: string | null;
}

/** The settings from the address, else from the last visit, else the defaults. */
export function readSettings(): Settings {
  return {
    span: parseSpan(recall("span")),
    zone: recall("zone") === "local" ? "local" : "utc",
    featureScale: recall("featureScale") === "raw" ? "raw" : "normalized",
    model: new URLSearchParams(location.search).get("model") ?? recall("model"),
  };
}
