import { columnsOf, type KeysOf } from "../../data/schema/columns.ts";
import type { ModelDescription } from "../../data/schema/model.ts";
import { labelKey, signalSchema } from "../../data/schema/signal.ts";

/**
 * The columns of a table of signals; nested names are joined by `_`.
 *
 * @param models The models that give the signals, the primary first.
 */
export function signalColumns(models: readonly ModelDescription[]): readonly string[] {
  const [primary, ...others] = models;
  const keysOf: KeysOf = (kind, model) => {
    if (kind === "model") return others.map(({ name }) => name);
    const owner = model === undefined ? primary : others.find(({ name }) => name === model);
    if (owner === undefined) return [];
    return kind === "feature" ? owner.features.names : owner.hmm.labels.map(labelKey);
  };
  return columnsOf(signalSchema, keysOf).map(({ name }) => name);
}
