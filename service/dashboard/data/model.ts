import type { ModelStatus } from "../../../data/schema/status.ts";
import type { Model } from "../client/decode.ts";

/** The model whose output is the top level of a signal; its forest, if any, scores anomalies. */
export function primaryModel(models: readonly Model[]): Model | undefined {
  return models.find((model) => model.primary) ?? models[0];
}

/**
 * The model to show: the one that the reader chose, if it is live; else a volatility model, whose
 * regimes last longer; else the primary one.
 */
export function shownModel(models: readonly Model[], chosen: string | null): Model | undefined {
  return models.find(({ name }) => name === chosen) ??
    forecastModel(models) ?? primaryModel(models);
}

/** The model whose forecasts are shown, whichever model the charts show. */
export function forecastModel(models: readonly Model[]): Model | undefined {
  return models.find(({ preset }) => preset === "volatility");
}

/** Whether signals have anomaly scores: those of the primary model's forest. True if unknown. */
export function hasForest(models: readonly Model[]): boolean {
  return models.length === 0 || (primaryModel(models)?.offset ?? null) !== null;
}

/** The models in the order of the picker: the default one first. */
export function offeredModels(models: readonly Model[]): readonly Model[] {
  const first = shownModel(models, null);
  return first === undefined ? [] : [first, ...models.filter((model) => model !== first)];
}

/** A model's name as a title: `my_model` is `My model`. */
export function modelTitle(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/[_-]/g, " ");
}

/** The first eight digits of a fingerprint. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}

/** The part of a model by which a change is detected. */
type Identity = Pick<ModelStatus, "name" | "fingerprint">;

/** Describes the models that were promoted between two lists; empty if none was. */
export function describePromotion(
  before: readonly Identity[],
  after: readonly Identity[],
): string {
  const known = new Set(before.map(({ fingerprint }) => fingerprint));
  return after.filter(({ fingerprint }) => !known.has(fingerprint)).map(({ name, fingerprint }) => {
    const old = before.find((model) => model.name === name);
    const replaced = old === undefined ? "" : `, replacing ${shortFingerprint(old.fingerprint)}`;
    return `${modelTitle(name)} model ${shortFingerprint(fingerprint)} is live${replaced}`;
  }).join("; ");
}
