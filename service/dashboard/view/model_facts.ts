import { formatCount, formatNumber } from "../format/number.ts";
import { element } from "./dom.ts";
import { createFacts } from "./facts.ts";
import { type Page, primaryModel } from "./page.ts";

const NOTHING = "–";

/** What the primary model is and what it was trained on. */
export function createModelFacts(): (page: Page) => void {
  const update = createFacts(element("model"));
  return (page) => {
    const model = primaryModel(page);
    update([
      { name: "Name", value: model?.name ?? NOTHING },
      { name: "Fingerprint", value: model?.fingerprint.slice(0, 12) ?? NOTHING },
      { name: "Regimes", value: model === undefined ? NOTHING : String(model.labels.length) },
      { name: "Trained on", value: trainedOn(model?.trainedOn ?? null, model?.rows ?? null) },
      {
        name: "Anomalies",
        value: model?.contamination == null
          ? NOTHING
          : `${formatNumber(model.contamination * 100, 1)}% nominal`,
      },
    ]);
  };
}

function trainedOn(symbol: string | null, rows: number | null): string {
  if (symbol === null) return NOTHING;
  return rows === null ? symbol : `${symbol}, ${formatCount(rows)} bars`;
}
