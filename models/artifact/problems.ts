import type { z } from "zod";

/** An invalid value at a path below the checked one. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A schema refinement from a function that finds problems. */
export function problems<T>(find: (value: T) => Iterable<Problem>) {
  return (value: T, context: z.RefinementCtx): void => {
    for (const { path, message } of find(value)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  };
}

/** A problem when `items` has a wrong length. */
export function* lengthProblems(
  path: readonly (string | number)[],
  items: readonly unknown[],
  length: number,
): Iterable<Problem> {
  if (items.length === length) return;
  yield { path, message: `must have ${length} elements: current value is ${items.length}` };
}
