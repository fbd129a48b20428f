import { hasForest } from "../data/model.ts";
import { EXPECTED_REGIMES, regimeName } from "../data/regimes.ts";
import { spanLabel } from "../data/span.ts";
import { summarize } from "../data/summary.ts";
import { formatCount, formatNumber } from "../format/number.ts";
import { element, setText } from "./dom.ts";
import { createFacts } from "./facts.ts";
import type { Page } from "./page.ts";
import type { Scene } from "./scene.ts";

const NOTHING = "–";

/** The summary of the visible span: share of each regime, changes, anomalies, missing minutes. */
export function createSummary(): (page: Page, scene: Scene | null) => void {
  const title = element("summary-title");
  const update = createFacts(element("summary"));
  return ({ span, models }, scene) => {
    setText(title, `Last ${spanLabel(span)}`);
    const regimes = scene?.regimes ?? EXPECTED_REGIMES;
    const summary = scene && summarize(scene.signals, scene.outputs, regimes.length);
    const percent = (share: number) => `${formatNumber(share * 100, 1)}%`;
    const { shares = null, changes = null, anomalies = null, anomalyRate = 0 } = summary ?? {};
    update([
      ...regimes.map((regime, state) => ({
        name: regimeName(regime),
        value: shares === null ? NOTHING : percent(shares[state] ?? 0),
      })),
      { name: "Regime changes", value: changes === null ? NOTHING : formatCount(changes) },
      ...(scene?.scored ?? hasForest(models)
        ? [{
          name: "Anomalies",
          value: anomalies === null
            ? NOTHING
            : `${formatCount(anomalies)} (${percent(anomalyRate)})`,
        }]
        : []),
      {
        name: "Missing minutes",
        value: summary === null ? NOTHING : formatCount(summary.missing),
        warn: (summary?.missing ?? 0) > 0,
      },
    ]);
  };
}
