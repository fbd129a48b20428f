import * as z from "zod/mini";
import { barSchema } from "./bar.ts";
import { labelKey, signalSchema } from "./signal.ts";
import { ABOUT, type KeyKind } from "./about.ts";

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

/** No keys: such records have no columns. */
const noKeys: KeysOf = () => [];

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
  keysOf: KeysOf,
  model: string | undefined,
): Iterable<Column> {
  const nested = (key: string) => name === "" ? key : `${name}_${key}`;
  if (
    schema instanceof z.core.$ZodNullable || schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault
  ) {
    yield* walk(schema._zod.def.innerType, name, keysOf, model);
  } else if (schema instanceof z.core.$ZodObject) {
    const { shape, catchall } = schema._zod.def;
    for (const [key, field] of Object.entries(shape)) {
      yield* walk(field, nested(key), keysOf, model);
    }
    if (catchall === undefined) return;
    const kind = ABOUT.get(schema)?.["x-keys"];
    if (kind === undefined) {
      throw new TypeError(
        `Cannot make columns of ${name} as its x-keys must say what its keys are`,
      );
    }
    for (const key of keysOf(kind, model)) {
      yield* walk(catchall, nested(key), keysOf, kind === "model" ? key : model);
    }
  } else {
    yield { name, kind: kindOf(schema, name) };
  }
}

/**
 * The columns of a table of records, in the order of their schema; nested names are joined by `_`.
 *
 * @param schema Of an object.
 * @param keysOf The keys of records that depend on models.
 * @throws TypeError for a field that has no place in a table, such as a list.
 */
export function columnsOf(schema: z.core.$ZodObject, keysOf: KeysOf = noKeys): readonly Column[] {
  return [...walk(schema, "", keysOf, undefined)];
}

/** The names of the columns of a table of bars. */
export const BAR_COLUMNS: readonly string[] = columnsOf(barSchema).map(({ name }) => name);

/** The names of a model that signals have as keys; an artifact has them. */
export interface ModelNames {
  readonly name: string;
  readonly features: { readonly names: readonly string[] };
  /** Labels of its regimes. */
  readonly hmm: { readonly labels: readonly string[] };
}

/**
 * The names of the columns of a table of signals.
 *
 * @param models The models that give the signals, the primary first.
 */
export function signalColumns(models: readonly ModelNames[]): readonly string[] {
  const [primary, ...others] = models;
  const keysOf: KeysOf = (kind, model) => {
    if (kind === "model") return others.map(({ name }) => name);
    const owner = model === undefined ? primary : others.find(({ name }) => name === model);
    if (owner === undefined) return [];
    return kind === "feature" ? owner.features.names : owner.hmm.labels.map(labelKey);
  };
  return columnsOf(signalSchema, keysOf).map(({ name }) => name);
}
