import { labelKey } from "../../data/schema/signal.ts";
import type { LoadedModel } from "./loaded_model.ts";

const MARKET = [
  ...["schema", "symbol", "source", "quality", "final", "timestamp", "datetime"],
  ...["open", "high", "low", "close", "volume"],
];

/** The columns of a table of these models' signals: nested names are joined by `_`. */
export function signalColumns(models: readonly LoadedModel[]): string[] {
  const [primary, ...others] = models.map(({ artifact }) => artifact);
  const { names = [] } = primary?.features ?? {};
  const keys = (labels: readonly string[] = []) => labels.map(labelKey);
  return [
    ...MARKET,
    ...names.map((name) => `features_${name}`),
    ...names.map((name) => `normalized_${name}`),
    ...["anomaly_score", "is_anomaly", "regime_state", "regime_name", "confidence"],
    ...keys(primary?.hmm.labels).map((key) => `regime_probabilities_${key}`),
    ...["seconds_in_state", "log_likelihood"],
    ...others.flatMap(({ name, hmm }) =>
      [
        ...["state", "name", "confidence"],
        ...keys(hmm.labels).map((key) => `probabilities_${key}`),
        ...["seconds_in_state", "log_likelihood"],
      ].map((field) => `models_${name}_${field}`)
    ),
  ];
}
