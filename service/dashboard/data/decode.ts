import * as z from "zod/mini";
import { type ModelDescription, modelSchema } from "../../../data/schema/model.ts";
import { labelKey, type Signal, signalSchema } from "../../../data/schema/signal.ts";
import { type Status, statusSchema, symbolStatusSchema } from "../../../data/schema/status.ts";
import type { Model } from "./model.ts";

/** Whether a decoded JSON value is a signal. */
export function isSignal(value: unknown): value is Signal {
  return signalSchema.safeParse(value).success;
}

/** Whether a decoded JSON value is a status of the service. */
export function isStatus(value: unknown): value is Status {
  return statusSchema.safeParse(value).success;
}

/** What the page reads of a market. */
const marketSchema = z.object({ symbol: symbolStatusSchema.shape.symbol });

/** The elements of a list that fit a schema; empty for what is no list. */
function fitting<S extends z.ZodMiniType>(schema: S, value: unknown): z.infer<S>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((each) => {
    const { success, data } = schema.safeParse(each);
    return success ? [data] : [];
  });
}

/** The names of the markets in an answer of `/api/v1/symbols`. */
export function decodeSymbols(value: unknown): readonly string[] {
  return fitting(marketSchema, value).map(({ symbol }) => symbol);
}

/** The models in an answer of `/api/v1/models`. */
export function decodeModels(value: unknown): readonly Model[] {
  return fitting(modelSchema, value).map(toModel);
}

/** A model as the page shows it; what an imported artifact does not tell is null. */
function toModel(model: ModelDescription): Model {
  const { forest, hmm, training } = model;
  return {
    name: model.name,
    primary: model.primary,
    fingerprint: model.fingerprint,
    loaded: Date.parse(model.loaded),
    preset: model.features.preset,
    offset: forest.offset,
    contamination: typeof forest.contamination === "number" ? forest.contamination : null,
    regimes: hmm.labels.map(labelKey),
    trainedOn: training.symbol ?? null,
    rows: training.rows ?? null,
    period: training.period === undefined
      ? null
      : { from: Date.parse(training.period.from), to: Date.parse(training.period.to) },
  };
}
