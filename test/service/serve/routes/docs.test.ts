import { expect, test } from "vitest";
import { z } from "zod";
import { setUp } from "../support.ts";

const document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

async function describe() {
  const app = setUp();
  const text = await (await app.request("/openapi.json")).text();
  const described = document.parse(JSON.parse(text));
  const calls = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  );
  return { app, text, described, calls };
}

test("each call is described, and each shape that a description names", async () => {
  const { app, text, described, calls } = await describe();
  expect(described.openapi).toBe("3.1.0");
  const routes = app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect(routes).toEqual(expect.arrayContaining(calls));
  expect(calls).toEqual(expect.arrayContaining(routes.filter((route) => route.includes("/api/"))));
  for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    expect(described.components.schemas).toHaveProperty(name);
  }
});

test("parameters are described by the schemas that validate them, and so are refusals", async () => {
  const { described } = await describe();
  expect(described.paths["/api/v1/bars"]?.["get"]).toMatchObject({
    parameters: expect.arrayContaining([
      {
        name: "limit",
        in: "query",
        description: expect.any(String),
        schema: { type: "integer", minimum: 1, maximum: 10_000, default: 500 },
      },
      {
        name: "format",
        in: "query",
        description: expect.any(String),
        schema: { type: "string", enum: ["json", "csv"], default: "json" },
      },
    ]),
    responses: {
      400: {
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    },
  });
  expect(described.paths["/api/v1/stream"]?.["get"]).toMatchObject({
    parameters: [
      { name: "Last-Event-ID", in: "header" },
      { name: "symbols", in: "query" },
      { name: "events", in: "query" },
      { name: "since", in: "query" },
    ],
  });
});

test("the page about the calls names each and needs nothing from elsewhere", async () => {
  const { app, calls } = await describe();
  const response = await app.request("/docs");
  expect(response.headers.get("content-type")).toContain("text/html");
  const page = await response.text();
  for (const call of calls) expect(page).toContain(`<h2>${call}</h2>`);
  expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:,">)|src=|https?:/);
  expect(page).toContain("<code>nowcast</code>");
  expect(page).toContain("list of Signal or text/csv");
  expect(page).not.toContain("`");
});
