import type { Hono } from "hono";
import { generateSpecs, resolver } from "hono-openapi";
import { VERSION } from "../../../data/common/version.ts";
import { problem } from "./answers.ts";
import { SCHEMAS } from "./schemas.ts";

/** The description of the service: OpenAPI 3.1. */
export type OpenApiDocument = Awaited<ReturnType<typeof generateSpecs>>;

async function describeSchemas() {
  const described = Object.entries(SCHEMAS).map(async ([name, schema]) => {
    const { schema: component } = await resolver(schema).toOpenAPISchema({
      options: { io: "output" },
    });
    return [name, component] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

const TOO_MANY = problem("The client's address has too many requests under way; try again");

/** Describes an app by the descriptions and the validators of its routes. */
export async function describeApp(app: Hono): Promise<OpenApiDocument> {
  const document = await generateSpecs(app, {
    defaultValidationErrorResponse: problem("The query is refused"),
    documentation: {
      info: {
        title: "MicroStream",
        version: VERSION,
        description: "Market regimes and anomalies, every minute and for every symbol.",
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        schemas: await describeSchemas(),
        securitySchemes: { token: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN" } },
      },
    },
  });
  // It comes from the server's own bound, which every request meets.
  for (const item of Object.values(document.paths)) {
    for (const operation of [item?.get, item?.post]) {
      if (operation !== undefined) operation.responses = { ...operation.responses, 429: TOO_MANY };
    }
  }
  return document;
}
