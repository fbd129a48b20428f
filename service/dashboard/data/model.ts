/** What the page reads of a model artifact. */
export interface Model {
  readonly name: string;
  readonly primary: boolean;
  readonly fingerprint: string;
  /** A score below it is an anomaly; null when the artifact does not tell. */
  readonly offset: number | null;
  /** Share of minutes that the forest was told to call anomalous. */
  readonly contamination: number | null;
  readonly labels: readonly string[];
  /** Market that the model was trained on. */
  readonly trainedOn: string | null;
  /** Bars that it was trained on. */
  readonly rows: number | null;
}
