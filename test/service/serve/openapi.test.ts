import { expect, test } from "vitest";
import { z } from "zod";
import { SCHEMAS } from "../../../service/serve/openapi/schemas.ts";
import { readEvents } from "../../support/event_stream.ts";
import { ServiceProcess } from "../../support/service_process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { setUp } from "./support.ts";
import { until } from "../../support/until.ts";

/** Enough for a machine ten times slower. */
const TIMEOUT_MS = 240_000;

const SHAPES = new Map<string, z.core.$ZodType>(Object.entries(SCHEMAS));

/** The shape that a description names. */
const shape = z.union([
  z.object({ $ref: z.string() }).transform(({ $ref }) => shapeOf($ref)),
  z.object({ type: z.literal("array"), items: z.object({ $ref: z.string() }) })
    .transform(({ items }) => z.array(shapeOf(items.$ref)).min(1)),
  z.object({ type: z.literal("string") }).transform(() => z.string()),
]);

const description = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        security: z.array(z.unknown()).default([]),
        responses: z.record(
          z.string(),
          z.object({ content: z.record(z.string(), z.object({ schema: shape })) }),
        ),
      }),
    ),
  ),
});

function shapeOf(reference: string): z.core.$ZodType {
  const found = SHAPES.get(reference.replace("#/components/schemas/", ""));
  if (found === undefined) throw new TypeError(`there is no shape ${reference}`);
  return found;
}

async function serve(env: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    SOURCE: "simulator",
    SIMULATOR_SPEED: "60",
    DATA_DIR: temporaryFolder(),
    ...env,
  });
  const ready = async () => (await fetch(`${service.url}/readyz`)).ok || undefined;
  await until("the market", ready, TIMEOUT_MS);
  return service;
}

test("every answer has the shape that the service's description gives it", async () => {
  const service = await serve({ ADMIN_TOKEN: "secret" });
  const { paths } = description.parse(await service.get("/openapi.json"));
  let checked = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { security, responses }] of Object.entries(operations)) {
      const content = responses["200"]?.content ?? {};
      const json = content["application/json"]?.schema;
      if (json === undefined) continue;
      const headers = new Headers(security.length > 0 ? { authorization: "Bearer secret" } : {});
      const response = await fetch(service.url + path, { method: method.toUpperCase(), headers });
      expect(response.status, path).toBe(200);
      const answer: unknown = await response.json();
      // What a schema does not name is dropped.
      expect(z.parse(json, answer), path).toEqual(answer);
      checked++;
      if (content["text/csv"] !== undefined) {
        const table = await fetch(`${service.url}${path}?format=csv&limit=1`);
        expect(table.headers.get("content-type")).toContain("text/csv");
      }
      const refusal = responses["400"]?.content["application/problem+json"]?.schema;
      if (refusal !== undefined) {
        const refused = await fetch(`${service.url}${path}?limit=none`);
        expect(refused.status).toBe(400);
        const problem: unknown = await refused.json();
        expect(z.parse(refusal, problem), path).toEqual(problem);
      }
    }
  }
  expect(checked).toBe(7);
}, TIMEOUT_MS);

test("forecasts are described, at the top level and in the models beside it", async () => {
  const number = z.looseObject({ type: z.literal("number") });
  const horizon = z.object({
    properties: z.object({
      volatility_bp: number,
      quantiles: z.object({ properties: z.looseObject({ "2.5": number, "97.5": number }) }),
    }),
  });
  const forecast = z.object({
    description: z.string(),
    "x-models": z.literal("volatility"),
    anyOf: z.tuple([
      z.object({ properties: z.object({ "15": horizon, "60": horizon }) }),
      z.object({ type: z.literal("null") }),
    ]),
  });
  const fields = z.looseObject({ forecast });
  const signal = z.object({
    properties: fields.extend({
      models: z.object({ additionalProperties: z.object({ properties: fields }) }),
    }),
    required: z.array(z.string()),
  });
  const document: unknown = await (await setUp().request("/openapi.json")).json();
  const { components } = z.object({
    components: z.object({ schemas: z.looseObject({ Signal: signal }) }),
  }).parse(document);
  // Journals hold signals from before there were forecasts.
  expect(components.schemas.Signal.required).not.toContain("forecast");
});

test("every event of the stream has the shape that the description gives it", async () => {
  const service = await serve();
  const shapes = new Map<string, z.core.$ZodType>([
    ["bar", SCHEMAS.Bar],
    ["signal", SCHEMAS.Signal],
    ["nowcast", SCHEMAS.Signal],
    ["status", SCHEMAS.Status],
  ]);
  const waiting = new Set(shapes.keys());
  for await (const { event, data } of readEvents(`${service.url}/api/v1/stream`)) {
    const record: unknown = JSON.parse(data);
    expect(z.parse(shapes.get(event) ?? z.never(), record), event).toEqual(record);
    waiting.delete(event);
    if (waiting.size === 0) break;
  }
  expect(waiting).toEqual(new Set());
}, TIMEOUT_MS);
