import type { FeatureScale } from "./data/features.ts";
import { parseSpan, type Span } from "./data/span.ts";
import type { Zone } from "./format/time.ts";
import { recall } from "./storage.ts";

/** What the reader chose to see. */
export interface Settings {
  readonly span: Span;
  readonly zone: Zone;
  readonly featureScale: FeatureScale;
}

/** What the reader chose last time, or the defaults. */
export function readSettings(): Settings {
  return {
    span: parseSpan(recall("span")),
    zone: recall("zone") === "local" ? "local" : "utc",
    featureScale: recall("featureScale") === "raw" ? "raw" : "normalized",
  };
}
