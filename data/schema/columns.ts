import * as z from "zod/mini";
import { barSchema } from "./bar.ts";
import { labelKey, signalSchema } from "./signal.ts";
import { ABOUT, type KeyKind, type ModelKind } from "./about.ts";

/** What the values of a column are. */
export type ColumnKind = "number" | "integer" | "flag" | "text";

/** A column of a table of records. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/**
 * The keys that a record has.
 *
 * @param kind What they are.
 * @param model The model that the record belongs to; undefined outside of `models`.
 */
export type KeysOf = (kind: KeyKind, model: string | undefined) => readonly string[];

/** What a table depends on that its schema leaves to the models. */
export interface TableNames {
  readonly keysOf: KeysOf;
  /** Whether a model is of a kind; the model is undefined outside of `models`. */
  readonly isOf: (model: string | undefined, kind: ModelKind) => boolean;
}

/** No keys, so that such records have no columns; the fields of all kinds of models. */
const NO_MODELS: TableNames = { keysOf: () => [], isOf: () => true };

/** The name of the column of a value inside of a record: a dot in a key becomes `_`. */
export function nestedName(outer: string, key: string): string {
  const name = key.includes(".") ? key.replaceAll(".", "_") : key;
  return outer === "" ? name : `${outer}_${name}`;
}

/** Fields in the order of their definition, numbers as keys by size: objects place some first. */
function orderedFields(shape: Readonly<Record<string, z.core.$ZodType>>) {
  return Object.entries(shape).sort(([a], [b]) => Number(a) - Number(b) || 0);
}

function kindOf(schema: z.core.$ZodType, name: string): ColumnKind {
  if (schema instanceof z.core.$ZodNumberFormat) return "integer";
  if (schema instanceof z.core.$ZodNumber) return "number";
  if (schema instanceof z.core.$ZodBoolean) return "flag";
  if (schema instanceof z.core.$ZodString || schema instanceof z.core.$ZodEnum) return "text";
  if (schema instanceof z.core.$ZodLiteral) {
    const { values } = schema._zod.def;
    if (values.every((value) => typeof value === "boolean")) return "flag";
    return values.every(Number.isInteger) ? "integer" : "text";
  }
  throw new TypeError(
    `Cannot make a column of ${name} as it must be a plain value: current value is ${schema._zod.def.type}`,
  );
}

function* walk(
  schema: z.core.$ZodType,
  name: string,
  names: TableNames,
  model: string | undefined,
): Iterable<Column> {
  if (
    schema instanceof z.core.$ZodNullable || schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault
  ) {
    yield* walk(schema._zod.def.innerType, name, names, model);
  } else if (schema instanceof z.core.$ZodObject) {
    const { shape, catchall } = schema._zod.def;
    for (const [key, field] of orderedFields(shape)) {
      const kind = ABOUT.get(field)?.["x-models"];
      if (kind !== undefined && !names.isOf(model, kind)) continue;
      yield* walk(field, nestedName(name, key), names, model);
    }
    if (catchall === undefined) return;
    const kind = ABOUT.get(schema)?.["x-keys"];
    if (kind === undefined) {
      throw new TypeError(
        `Cannot make columns of ${name} as its x-keys must say what its keys are`,
      );
    }
    for (const key of names.keysOf(kind, model)) {
      yield* walk(catchall, nestedName(name, key), names, kind === "model" ? key : model);
    }
  } else {
    yield { name, kind: kindOf(schema, name) };
  }
}

/**
 * The columns of a table of records, in the order of their schema; nested names are joined by `_`.
 *
 * @param schema Of an object.
 * @param names What depends on models; without it no keys, and the fields of all kinds of models.
 * @throws TypeError for a field that has no place in a table, such as a list.
 */
export function columnsOf(
  schema: z.core.$ZodObject,
  names: TableNames = NO_MODELS,
): readonly Column[] {
  return [...walk(schema, "", names, undefined)];
}

/** The names of the columns of a table of bars. */
export const BAR_COLUMNS: readonly string[] = columnsOf(barSchema).map(({ name }) => name);

/** The names of a model that signals have as keys. */
export interface ModelNames {
  readonly name: string;
  readonly features: { readonly preset: string; readonly names: readonly string[] };
  /** Labels of its regimes. */
  readonly labels: readonly string[];
}

/**
 * The names of the columns of a table of signals.
 *
 * @param models The models that give the signals, the primary first.
 */
export function signalColumns(models: readonly ModelNames[]): readonly string[] {
  const [primary, ...others] = models;
  const ownerOf = (model: string | undefined) =>
    model === undefined ? primary : others.find(({ name }) => name === model);
  const keysOf: KeysOf = (kind, model) => {
    if (kind === "model") return others.map(({ name }) => name);
    const owner = ownerOf(model);
    if (owner === undefined) return [];
    return kind === "feature" ? owner.features.names : owner.labels.map(labelKey);
  };
  const isOf = (model: string | undefined, kind: ModelKind) =>
    (ownerOf(model)?.features.preset === "volatility") === (kind === "volatility");
  return columnsOf(signalSchema, { keysOf, isOf }).map(({ name }) => name);
}
