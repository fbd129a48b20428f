import * as z from "zod/mini";

/** `T`, with all of it read-only. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T;

/**
 * A record of values by any name: an object with nothing but a catch-all. On the page it is half a
 * kilobyte smaller than `z.record`.
 */
// @__NO_SIDE_EFFECTS__
export function recordOf<V extends z.core.$ZodType>(value: V) {
  return z.catchall(z.object({}), value);
}

/** The names of the fields of a shape, in the order of their definition. */
// @__NO_SIDE_EFFECTS__
export function fieldsOf<S extends object>(shape: S): Extract<keyof S, string>[] {
  const names: Extract<keyof S, string>[] = [];
  for (const name in shape) names.push(name);
  return names;
}
