import type { SchemaName } from "./schemas.ts";

function reference(name: SchemaName) {
  return { $ref: `#/components/schemas/${name}` };
}

const text = (mediaType: string) => ({ [mediaType]: { schema: { type: "string" as const } } });

/** An answer in JSON. */
export function json(description: string, name: SchemaName) {
  return { description, content: { "application/json": { schema: reference(name) } } };
}

/** An answer that is a list in JSON or, where it can be asked for, a table in CSV. */
export function list(description: string, name: SchemaName, { csv = false } = {}) {
  const schema = { type: "array" as const, items: reference(name) };
  return {
    description,
    content: { "application/json": { schema }, ...(csv && text("text/csv")) },
  };
}

/** An answer that is text of another kind. */
export function textOf(mediaType: string, description: string) {
  return { description, content: text(mediaType) };
}

/** A refusal. */
export function problem(description: string) {
  return { description, content: { "application/problem+json": { schema: reference("Problem") } } };
}
