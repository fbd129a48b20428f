import { excerpt } from "../../data/common/errors.ts";
import { validator } from "hono-openapi";
import { z } from "zod";
import { Problem } from "./problem.ts";

/** Words the refusal of a value. */
export function mustBe(allowed: string, given: unknown): string {
  return `must be ${allowed}: current value is ${excerpt(String(given))}`;
}

/** The same as an option of a schema. */
export function must(allowed: string) {
  return { error: ({ input }: { readonly input?: unknown }) => mustBe(allowed, input) };
}

/**
 * A parameter of a form of its own.
 *
 * @param allowed What is allowed, for refusals.
 * @param parse Returns undefined for what is not allowed.
 * @param form The form in OpenAPI.
 */
export function parsed<T>(
  allowed: string,
  parse: (given: string) => T | undefined,
  form: z.core.GlobalMeta = {},
) {
  return z.string().meta(form).transform((given, context) => {
    const value = parse(given);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", input: given, message: mustBe(allowed, given) });
    return z.NEVER;
  });
}

/** Distinct values, separated by commas. */
export function listOf<T>(item: z.ZodType<T, string>) {
  return z.string().transform((given) => given.split(",")).pipe(z.array(item))
    .transform((items): ReadonlySet<T> => new Set(items));
}

/**
 * The parameters of a query. Each may be given once, and an empty one counts as absent. Unknown
 * names are refused: a misspelt parameter would give another answer than was asked for.
 */
export function parameters<S extends z.core.$ZodLooseShape>(shape: S) {
  const known = Object.keys(shape).join(", ");
  const query = z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no parameter ${excerpt(issue.keys[0])}; there are ${known}`
        : undefined,
  });
  const single = (given: Readonly<Record<string, unknown>>, context: z.RefinementCtx) => {
    for (const [name, values] of Object.entries(given)) {
      if (!Array.isArray(values)) continue;
      const message = mustBe("given once", values.join(" and "));
      context.issues.push({ code: "custom", input: values, path: [name], message });
    }
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  };
  return z.preprocess(single, query);
}

/** A reason why a query is refused, as schemas give it. */
interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
}

/** The problem of a query that its schema refuses: an unknown name, or else the first bad value. */
export function invalidQuery(issues: readonly Issue[]): Problem {
  const issue = issues.find(({ path }) => path?.length === 0) ?? issues[0];
  const [name] = issue?.path ?? [];
  return new Problem(
    400,
    "Invalid query",
    [name, issue?.message].filter((part) => part !== undefined).join(" "),
  );
}

/** Validates the query of a request by the schema that describes it. */
export function validQuery<S extends z.ZodType>(schema: S) {
  return validator("query", schema, (result) => {
    if (!result.success) throw invalidQuery(result.error);
  });
}
