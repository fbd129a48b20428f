import { expect, test } from "vitest";
import type { SymbolStatus } from "../../../../data/schema/status.ts";
import { SCHEMAS } from "../../../../service/serve/openapi/schemas.ts";
import { makeSymbolStatus } from "../../../support/records.ts";
import { makeStatus, setUp } from "../support.ts";

test("a service that is live and whose markets have bars is healthy and ready", async () => {
  const app = setUp();
  const health = await (await app.request("/healthz")).json();
  expect(health).toEqual({ ...makeStatus(), status: "ok", affected: [], subscribers: 2 });
  const response = await app.request("/readyz");
  expect(response.status).toBe(200);
  expect(await response.json())
    .toEqual({
      ...{ ready: true, connection: "live", message: "live", storage: null },
      ...{ problems: {}, awaited: {} },
    });
});

const STORAGE = { since: 1, reason: "the disk is full; make room on it", waiting: 3 };
const DELAYED = { problem: "bars wait for klines: no answer" };

test.each([
  ["cannot write its journal", "degraded", [], makeStatus({ storage: STORAGE })],
  ["is connecting", "degraded", [], makeStatus({ connection: "connecting" })],
  [
    "has one of two markets whose bars wait",
    "degraded",
    ["ETHUSDT"],
    makeStatus({
      symbols: [makeSymbolStatus(), makeSymbolStatus({ symbol: "ETHUSDT", ...DELAYED })],
    }),
  ],
  ["has only markets whose bars wait", "down", ["BTCUSDT"], makeStatus({}, DELAYED)],
])(
  "a service that %s is %s and not ready, which is an HTTP status",
  async (_, word, affected, status) => {
    const app = setUp({ status });
    const health = await app.request("/healthz");
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: word, affected });
    expect((await app.request("/readyz")).status).toBe(503);
  },
);

test.each(["halted", "delisted", "unlisted"] as const)(
  "a market that is %s is no fault, and nothing is awaited of it",
  async (market) => {
    const stopped = makeSymbolStatus({ symbol: "DEADUSDT", market, last_bar: null });
    const app = setUp({ status: makeStatus({ symbols: [makeSymbolStatus(), stopped] }) });
    const health = SCHEMAS.Health.parse(await (await app.request("/healthz")).json());
    expect(health).toMatchObject({ status: "ok", affected: [] });
    expect(health.symbols[1]?.market).toBe(market);
    expect((await app.request("/readyz")).status).toBe(200);
  },
);

test("history that is loaded is no fault, but awaited: so many minutes of so many", async () => {
  const status = makeStatus({}, { loading: { have: 999, need: 11_520 } });
  const app = setUp({ status });
  expect(await (await app.request("/healthz")).json()).toMatchObject({ status: "ok" });
  const response = await app.request("/readyz");
  expect(response.status).toBe(503);
  expect(SCHEMAS.Readiness.parse(await response.json())).toMatchObject({
    problems: {},
    awaited: { BTCUSDT: "history: 999 of 11520 minutes" },
  });
});

test("readiness names at most ten markets with a problem, and ten of which something is awaited", async () => {
  const many = (name: string, fields: Partial<SymbolStatus>) =>
    Array.from({ length: 12 }, (_, i) => makeSymbolStatus({ symbol: `${name}${i}`, ...fields }));
  const symbols = [makeSymbolStatus(), ...many("NEW", { last_bar: null }), ...many("M", DELAYED)];
  const response = await setUp({ status: makeStatus({ symbols }) }).request("/readyz");
  expect(response.status).toBe(503);
  const { problems, awaited } = SCHEMAS.Readiness.parse(await response.json());
  expect([problems, awaited].map((named) => Object.keys(named).length)).toEqual([10, 10]);
  expect({ ...problems, ...awaited }).toMatchObject({ NEW0: "its first bar", M0: DELAYED.problem });
});

test("readiness says why the journal cannot be written", async () => {
  const response = await setUp({ status: makeStatus({ storage: STORAGE }) }).request("/readyz");
  expect(await response.json()).toMatchObject({ ready: false, storage: STORAGE });
});
