import * as z from "zod/mini";
import type { Live } from "../../../data/schema/live.ts";
import { type ModelDescription, modelSchema } from "../../../data/schema/model.ts";
import { labelKey, type Signal, signalSchema } from "../../../data/schema/signal.ts";
import { type Status, statusSchema, symbolStatusSchema } from "../../../data/schema/status.ts";

/** A model as the page shows it. Fields are null where an imported artifact does not have them. */
export interface Model {
  readonly name: string;
  readonly primary: boolean;
  readonly fingerprint: string;
  /** When the service loaded it, ms UTC. */
  readonly loaded: number;
  /** Name of its feature set. */
  readonly preset: string;
  /** A score below it is an anomaly; null for a model without a forest. */
  readonly offset: number | null;
  /** Share of the training bars that the forest calls anomalous, by its setting. */
  readonly contamination: number | null;
  /** Keys of its regimes, in canonical order. */
  readonly regimes: readonly string[];
  /** Market of the training bars. */
  readonly trainedOn: string | null;
  /** Number of training bars. */
  readonly rows: number | null;
  /** First and last training bar, ms UTC. */
  readonly period: { readonly from: number; readonly to: number } | null;
  /** How right its published forecasts were; null for a model without any. */
  readonly live: Live | null;
}

/** The signal that a JSON value is; undefined if it is none. */
export function decodeSignal(value: unknown): Signal | undefined {
  return signalSchema.safeParse(value).data;
}

/** The status of the service that a JSON value is; undefined if it is none. */
export function decodeStatus(value: unknown): Status | undefined {
  return statusSchema.safeParse(value).data;
}

/** The part of a market that the page reads. */
const marketSchema = z.object({ symbol: symbolStatusSchema.shape.symbol });

/** The elements of a list that match a schema; empty if the value is not a list. */
function matching<S extends z.ZodMiniType>(schema: S, value: unknown): z.infer<S>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((each) => {
    const { success, data } = schema.safeParse(each);
    return success ? [data] : [];
  });
}

/** The signals in an answer of `/api/v1/signals`. */
export function decodeSignals(value: unknown): readonly Signal[] {
  return matching(signalSchema, value);
}

/** The names of the markets in an answer of `/api/v1/symbols`. */
export function decodeSymbols(value: unknown): readonly string[] {
  return matching(marketSchema, value).map(({ symbol }) => symbol);
}

/** The models in an answer of `/api/v1/models`. */
export function decodeModels(value: unknown): readonly Model[] {
  return matching(modelSchema, value).map(toModel);
}

function toModel(model: ModelDescription): Model {
  const { forest, labels, training } = model;
  return {
    name: model.name,
    primary: model.primary,
    fingerprint: model.fingerprint,
    loaded: Date.parse(model.loaded),
    preset: model.features.preset,
    offset: forest?.offset ?? null,
    contamination: typeof forest?.contamination === "number" ? forest.contamination : null,
    regimes: labels.map(labelKey),
    trainedOn: training.symbol ?? null,
    rows: training.rows ?? null,
    period: training.period === undefined
      ? null
      : { from: Date.parse(training.period.from), to: Date.parse(training.period.to) },
    live: model.live ?? null,
  };
}
