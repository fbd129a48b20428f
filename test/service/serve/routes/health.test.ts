import { expect, test } from "vitest";
import { SCHEMAS } from "../../../../service/serve/openapi/schemas.ts";
import { makeSymbolStatus } from "../../../support/records.ts";
import { makeStatus, setUp } from "../support.ts";

test("a service that is live and whose markets have bars is healthy and ready", async () => {
  const app = setUp();
  const health = await (await app.request("/healthz")).json();
  expect(health).toEqual({ ...makeStatus(), status: "ok", subscribers: 2 });
  const response = await app.request("/readyz");
  expect(response.status).toBe(200);
  expect(await response.json())
    .toEqual({ ready: true, connection: "live", message: "live", storage: null, problems: {} });
});

const STORAGE = { since: 1, reason: "the disk is full; make room on it", waiting: 3 };

test.each([
  ["is disconnected", makeStatus({ connection: "disconnected" })],
  ["cannot write its journal", makeStatus({ storage: STORAGE })],
  ["has a market whose bars wait", makeStatus({}, { problem: "bars wait for klines" })],
])("a service that %s is degraded and not ready, which is an HTTP status", async (_, status) => {
  const app = setUp({ status });
  const health = await app.request("/healthz");
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ status: "degraded" });
  expect((await app.request("/readyz")).status).toBe(503);
});

test("readiness names the problems of at most ten markets", async () => {
  const problem = "bars wait for klines: no answer";
  const symbols = [
    makeSymbolStatus(),
    makeSymbolStatus({ symbol: "NEWUSDT", last_bar: null }),
    ...Array.from({ length: 10 }, (_, i) => makeSymbolStatus({ symbol: `M${i}USDT`, problem })),
  ];
  const response = await setUp({ status: makeStatus({ symbols }) }).request("/readyz");
  expect(response.status).toBe(503);
  const answer = SCHEMAS.Readiness.parse(await response.json());
  expect(Object.keys(answer.problems)).toHaveLength(10);
  expect(answer.problems).toMatchObject({ NEWUSDT: "it has no bar yet", M0USDT: problem });
});

test("readiness says why the journal cannot be written", async () => {
  const response = await setUp({ status: makeStatus({ storage: STORAGE }) }).request("/readyz");
  expect(await response.json()).toMatchObject({ ready: false, storage: STORAGE });
});
