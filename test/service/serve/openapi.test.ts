import { expect, test } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "../../../service/serve/openapi/operations.ts";
import { SCHEMAS } from "../../../service/serve/openapi/schemas.ts";
import { readEvents } from "../../support/event_stream.ts";
import { ServiceProcess } from "../../support/service_process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

async function serve(env: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    SOURCE: "simulator",
    SIMULATOR_SPEED: "60",
    DATA_DIR: temporaryFolder(),
    ...env,
  });
  await until("the market", async () => (await fetch(`${service.url}/readyz`)).ok || undefined);
  return service;
}

test("every answer has the shape that the service's description gives it", async () => {
  const service = await serve({ ADMIN_TOKEN: "secret" });
  for (const { method, path, answers, bearer } of OPERATIONS) {
    const { json, list, text } = answers[200] ?? {};
    if (json === undefined) continue;
    const response = await fetch(service.url + path, {
      method,
      headers: bearer ? { authorization: "Bearer secret" } : {},
    });
    expect(response.status, path).toBe(200);
    const schema = list ? z.array(SCHEMAS[json]).min(1) : SCHEMAS[json];
    const answer: unknown = await response.json();
    // What a schema does not name is dropped.
    expect(z.parse(schema, answer), path).toEqual(answer);
    for (const media of text ?? []) {
      const table = await fetch(`${service.url}${path}?format=csv&limit=1`);
      expect(table.headers.get("content-type")).toContain(media);
    }
    if (answers[400]) {
      const refused = await fetch(`${service.url}${path}?limit=none`);
      expect(refused.status).toBe(400);
      expect(SCHEMAS.Problem.safeParse(await refused.json()).error, path).toBeUndefined();
    }
  }
}, 60_000);

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
}, 60_000);
