import * as z from "zod/mini";

/** `T`, with all of it read-only. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T;

/**
 * Attaches a description to a schema; OpenAPI shows it.
 *
 * @param schema A schema of its own: a shared one would take the last description.
 * @returns The same schema.
 */
// @__NO_SIDE_EFFECTS__
export function describe<S extends z.core.$ZodType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** The names of a schema's fields, in the order of their definition. */
export function fieldsOf<S extends object>({ shape }: { readonly shape: S }): Extract<
  keyof S,
  string
>[] {
  const names: Extract<keyof S, string>[] = [];
  for (const name in shape) names.push(name);
  return names;
}

/** What the keys of a record are: names of features or regimes of a model, or names of models. */
export type KeyKind = "feature" | "regime" | "model";

const KEY_KINDS = z.registry<{ readonly keys: KeyKind }>();

/** A record of values by names that only the models know. */
// @__NO_SIDE_EFFECTS__
export function recordBy<V extends z.core.$ZodType>(keys: KeyKind, value: V, description: string) {
  return describe(z.record(z.string(), value).register(KEY_KINDS, { keys }), description);
}

/** What the keys of a record are; undefined when {@linkcode recordBy} did not make it. */
export function keyKindOf(record: z.core.$ZodType): KeyKind | undefined {
  return KEY_KINDS.get(record)?.keys;
}
