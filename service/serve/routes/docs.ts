import { Hono } from "hono";
import { docsPage } from "../openapi/docs_page.ts";
import type { OpenApiDocument } from "../openapi/document.ts";

/**
 * The description of the service, for machines and for people.
 *
 * @param describe Describes it; called once, at the first request.
 */
export function docsRoutes(describe: () => Promise<OpenApiDocument>): Hono {
  let described: Promise<OpenApiDocument> | undefined;
  const document = () => described ??= describe();
  return new Hono()
    .get("/openapi.json", async (context) => context.json(await document()))
    .get("/docs", async (context) => context.html(await docsPage(await document())));
}
