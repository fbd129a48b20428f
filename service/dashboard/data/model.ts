/** What the page reads of a model artifact. */
export interface Model {
  readonly name: string;
  readonly primary: boolean;
  readonly fingerprint: string;
  /** When the service loaded it, ms UTC; null when it does not tell. */
  readonly loaded: number | null;
  /** The name of its feature set. */
  readonly preset: string | null;
  /** A score below it is an anomaly; null when the artifact does not tell. */
  readonly offset: number | null;
  /** Share of minutes that the forest was told to call anomalous. */
  readonly contamination: number | null;
  /** Keys of its regimes, in canonical order. */
  readonly regimes: readonly string[];
  /** Market that the model was trained on. */
  readonly trainedOn: string | null;
  /** Bars that it was trained on. */
  readonly rows: number | null;
  /** First and last minute that it was trained on, ms UTC; null when nobody knows. */
  readonly period: { readonly from: number; readonly to: number } | null;
}

/** The model whose opinion is at the top level of a signal, and whose forest scores anomalies. */
export function primaryModel(models: readonly Model[]): Model | undefined {
  return models.find((model) => model.primary) ?? models[0];
}

/**
 * The model to show: the one that the reader chose, where it runs; else one of liquidity, whose
 * regimes last; else the primary.
 */
export function shownModel(models: readonly Model[], chosen: string | null): Model | undefined {
  return models.find(({ name }) => name === chosen) ??
    models.find(({ preset }) => preset === "liquidity") ?? primaryModel(models);
}

/** The models as the reader is offered them: the one that is shown unasked comes first. */
export function offeredModels(models: readonly Model[]): readonly Model[] {
  const first = shownModel(models, null);
  return first === undefined ? [] : [first, ...models.filter((model) => model !== first)];
}

/** A model's name as a word of the page. */
export function modelTitle(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/[_-]/g, " ");
}

/** A fingerprint short enough to read. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}
