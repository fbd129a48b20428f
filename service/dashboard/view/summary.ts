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
  return ({ span }, scene) => {
    setText(title, `Last ${spanLabel(span)}`);
    const regimes = scene?.regimes ?? EXPECTED_REGIMES;
    const summary = scene && summarize(scene.signals, scene.outputs, regimes.length);
    const percent = (share: number) => `${formatNumber(share * 100, 1)}%`;
    update([
      ...regimes.map((regime, state) => ({
        name: regimeName(regime),
        value: summary === null ? NOTHING : percent(summary.shares[state] ?? 0),
      })),
      {
        name: "Regime changes",
        value: summary === null ? NOTHING : formatCount(summary.changes),
      },
      {
        name: "Anomalies",
        value: summary === null
          ? NOTHING
          : `${formatCount(summary.anomalies)} (${percent(summary.anomalyRate)})`,
      },
      {
        name: "Missing minutes",
        value: summary === null ? NOTHING : formatCount(summary.missing),
        warn: (summary?.missing ?? 0) > 0,
      },
    ]);
  };
}
