import type { Model } from "../client/decode.ts";
import { hasForest, primaryModel, shortFingerprint, shownModel } from "../data/model.ts";
import { formatCount, formatNumber } from "../format/number.ts";
import { formatDay, formatMinute, formatMonth, type Zone, zoneName } from "../format/time.ts";
import { element } from "./dom.ts";
import { createFacts } from "./facts.ts";
import type { Page } from "./page.ts";

const NOTHING = "–";

/** The facts of the shown model: name, fingerprint, training. */
export function createModelFacts(): (page: Page) => void {
  const update = createFacts(element("model"));
  return ({ models, model: chosen, status, zone }) => {
    const model = shownModel(models, chosen);
    const others = models.filter((each) => each !== model);
    const problem = status?.models_problem ?? null;
    update([
      { name: "Name", value: model?.name ?? NOTHING },
      { name: "Fingerprint", value: model?.fingerprint ?? NOTHING },
      { name: "Live since", value: since(model?.loaded ?? null, zone) },
      { name: "Regimes", value: model === undefined ? NOTHING : String(model.regimes.length) },
      { name: "Trained on", value: trainedOn(model) },
      { name: "Period", value: period(model) },
      {
        name: "Other models",
        value: others.map(({ name, fingerprint }) => `${name} ${shortFingerprint(fingerprint)}`)
          .join(", ") || NOTHING,
      },
      ...(hasForest(models) ? [{ name: "Anomalies", value: anomalies(primaryModel(models)) }] : []),
      ...(problem === null ? [] : [{ name: "Model files", value: problem, warn: true }]),
    ]);
  };
}

function since(loaded: number | null, zone: Zone): string {
  if (loaded === null) return NOTHING;
  const [day, minute] = [formatDay(loaded, zone), formatMinute(loaded, zone)];
  return `${day}, ${minute} ${zoneName(loaded, zone)}`;
}

function trainedOn(model: Model | undefined): string {
  const { trainedOn: symbol = null, rows = null } = model ?? {};
  if (symbol === null) return NOTHING;
  return rows === null ? symbol : `${symbol}, ${formatCount(rows)} bars`;
}

function period(model: Model | undefined): string {
  const { period = null } = model ?? {};
  if (period === null) return NOTHING;
  const [from, to] = [formatMonth(period.from), formatMonth(period.to)];
  return from === to ? from : `${from} – ${to}`;
}

function anomalies(primary: Model | undefined): string {
  const { contamination = null, name = "" } = primary ?? {};
  return contamination === null
    ? NOTHING
    : `${formatNumber(contamination * 100, 1)}% nominal (${name})`;
}
