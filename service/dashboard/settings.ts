import type { FeatureScale } from "./data/features.ts";
import { parseSpan, type Span } from "./data/span.ts";
import type { Zone } from "./format/time.ts";
import { recall } from "./storage.ts";

/** What the reader chose to see. */
export interface Settings {
  readonly span: Span;
  readonly zone: Zone;
  readonly featureScale: FeatureScale;
  /** Name of the model to show; null for the one that is shown unasked. */
  readonly model: string | null;
}

/** What the address asks for, or the reader chose last time, or the defaults. */
export function readSettings(): Settings {
  return {
    span: parseSpan(recall("span")),
    zone: recall("zone") === "local" ? "local" : "utc",
    featureScale: recall("featureScale") === "raw" ? "raw" : "normalized",
    model: new URLSearchParams(location.search).get("model") ?? recall("model"),
  };
}
