import { z } from "zod";
import { VERSION } from "../../../data/common/version.ts";
import { type AnswerDescription, type Operation, OPERATIONS } from "./operations.ts";
import { SCHEMAS } from "./schemas.ts";

function contentOf({ json, list, text = [] }: AnswerDescription) {
  const schema = { $ref: `#/components/schemas/${json}` };
  const type = json === "Problem" ? "application/problem+json" : "application/json";
  return {
    ...(json !== undefined &&
      { [type]: { schema: list ? { type: "array", items: schema } : schema } }),
    ...Object.fromEntries(text.map((media) => [media, { schema: { type: "string" } }])),
  };
}

function describeOperation({ summary, parameters = [], answers, bearer }: Operation) {
  return {
    summary,
    parameters,
    ...(bearer && { security: [{ token: [] }] }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [
        status,
        { description: answer.description, content: contentOf(answer) },
      ]),
    ),
  };
}

function describeSchema(schema: z.core.$ZodType) {
  const { $schema: _, ...described } = z.toJSONSchema(schema);
  return described;
}

/** The service's description of itself: OpenAPI 3.1. */
export function openApiDocument() {
  const byPath = Map.groupBy(OPERATIONS, ({ path }) => path);
  return {
    openapi: "3.1.0",
    info: {
      title: "MicroStream",
      version: VERSION,
      description: "Market regimes and anomalies, every minute and for every symbol.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths: Object.fromEntries(
      [...byPath].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map((each) => [each.method, describeOperation(each)])),
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        Object.entries(SCHEMAS).map(([name, schema]) => [name, describeSchema(schema)]),
      ),
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN" } },
    },
  };
}
