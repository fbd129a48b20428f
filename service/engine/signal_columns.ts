import { columnsOf, type KeysOf } from "../../data/schema/columns.ts";
import { labelKey, signalSchema } from "../../data/schema/signal.ts";
import type { LoadedModel } from "./loaded_model.ts";

/**
 * The columns of a table of these models' signals, in the order of the schema: nested names are
 * joined by `_`.
 */
export function signalColumns(models: readonly LoadedModel[]): readonly string[] {
  const artifacts = models.map(({ artifact }) => artifact);
  const [primary, ...others] = artifacts;
  const keysOf: KeysOf = (kind, model) => {
    if (kind === "model") return others.map(({ name }) => name);
    const { features, hmm } = artifacts.find(({ name }) => name === model) ?? primary ?? {};
    return (kind === "feature" ? features?.names : hmm?.labels.map(labelKey)) ?? [];
  };
  return columnsOf(signalSchema, keysOf).map(({ name }) => name);
}
