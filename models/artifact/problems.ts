import type { z } from "zod";

/** Something wrong at a path below the value that is checked. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Turns a function that finds problems into a refinement of a schema. */
export function problems<T>(find: (value: T) => Iterable<Problem>) {
  return (value: T, context: z.RefinementCtx): void => {
    for (const { path, message } of find(value)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  };
}

/** A problem when `items` are not as many as they must be. */
export function* lengthProblems(
  path: readonly (string | number)[],
  items: readonly unknown[],
  length: number,
): Iterable<Problem> {
  if (items.length === length) return;
  yield { path, message: `must have ${length} elements: it has ${items.length}` };
}
