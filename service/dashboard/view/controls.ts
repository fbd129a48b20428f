import { parseSpan, spanLabel, SPANS } from "../data/span.ts";
import type { Settings } from "../settings.ts";
import { remember } from "../storage.ts";
import { element } from "./dom.ts";
import { createSegmented } from "./segmented.ts";
import { createThemeToggle } from "./theme_toggle.ts";

/** The controls for time span, time zone, feature scale and theme. The browser remembers each. */
export function createControls(
  chosen: Settings,
  onChoose: (settings: Partial<Settings>) => void,
): void {
  createThemeToggle();
  createSegmented(
    element("span"),
    SPANS.map((span) => ({ value: String(span), label: spanLabel(span) })),
    String(chosen.span),
    (span) => {
      remember("span", span);
      onChoose({ span: parseSpan(span) });
    },
  );
  createSegmented(
    element("zone"),
    [{ value: "utc", label: "UTC" }, { value: "local", label: "Local" }],
    chosen.zone,
    (zone) => {
      remember("zone", zone);
      onChoose({ zone });
    },
  );
  createSegmented(
    element("feature-scale"),
    [{ value: "normalized", label: "Normalized" }, { value: "raw", label: "Raw" }],
    chosen.featureScale,
    (featureScale) => {
      remember("featureScale", featureScale);
      onChoose({ featureScale });
    },
  );
}
