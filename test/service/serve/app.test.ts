import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Journal } from "../../../service/bus/embedded/journal.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { createApp } from "../../../service/serve/app.ts";
import { EventHub } from "../../../service/serve/event_hub.ts";
import { OPERATIONS } from "../../../service/serve/openapi/operations.ts";
import { SCHEMAS } from "../../../service/serve/openapi/schemas.ts";
import { createLog } from "../../../service/log.ts";
import type { Status } from "../../../data/schema/status.ts";
import { makeBar, makeSignal, START } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const STATUS: Status = {
  source: "binance",
  requested: "auto",
  connection: "live",
  message: "live",
  since: START,
  clock_offset: 3,
  disconnects: 0,
  handovers: 0,
  invalid_frames: 0,
  models: [{ name: "classic", fingerprint: "0123456789ab", loaded: START }],
  models_problem: null,
  invalid_frames_by_kind: {},
  rest_weight: 0,
  symbols: [{
    symbol: "BTCUSDT",
    last_trade_time: START,
    last_bar: START,
    trades: 1,
    gaps: 0,
    repaired_trades: 0,
    missing_trades: 0,
    held: 0,
    duplicates: 0,
    overlapped: 0,
    late: 0,
    audited_bars: 1,
    mismatched_bars: 0,
    problem: null,
  }],
};

interface Administration {
  readonly adminToken?: string;
  readonly reloadModels?: () => Promise<void>;
}

function setUp(status = STATUS, { adminToken, reloadModels }: Administration = {}) {
  const folder = temporaryFolder();
  const journal = new Journal(join(folder, "binance.sqlite"));
  const hub = new EventHub();
  hub.attach(journal);
  onTestFinished(() => {
    hub.close();
    journal.close();
  });
  const dashboard = join(folder, "dist");
  mkdirSync(dashboard);
  writeFileSync(join(dashboard, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "secret.js"), "secret");
  const models = loadModels({ models: ["models/classic.json"], expected: {} });
  const app = createApp({
    symbols: ["BTCUSDT", "ETHUSDT"],
    models: () => models,
    reloadModels: reloadModels ?? (() => Promise.resolve()),
    adminToken,
    bus: () => journal,
    status: () => status,
    hub,
    dashboard,
    log: createLog("ERROR", () => {}),
  });
  return { app, journal };
}

test("history is a JSON array, oldest first, of exactly what was appended", async () => {
  const { app, journal } = setUp();
  await journal.appendBars([0, 1, 2].map((i) => makeBar(i)));
  const response = await app.request(`/api/v1/bars?symbol=BTCUSDT&from=${START + 60_000}`);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual([makeBar(1), makeBar(2)]);
});

test("history comes as CSV with nested names joined by an underscore", async () => {
  const { app, journal } = setUp();
  await journal.appendSignals([makeSignal(0)]);
  const response = await app.request("/api/v1/signals?format=csv");
  expect(response.headers.get("content-type")).toContain("text/csv");
  expect(await response.text()).toMatch(/^schema,symbol,.*regime_probabilities_bearish_extreme/);
});

test("a table without a row has its header", async () => {
  const { app } = setUp();
  for (
    const [path, header] of [
      ["signals", /^schema,symbol,source,.*,regime_probabilities_bearish_extreme,.*\n$/],
      ["bars", /^symbol,timestamp,close_time,.*\n$/],
    ] as const
  ) {
    const response = await app.request(`/api/v1/${path}?format=csv`);
    expect(await response.text()).toMatch(header);
  }
});

test("a query that cannot be served is a problem that says what is allowed", async () => {
  const { app } = setUp();
  for (const path of ["/api/v1/bars?symbol=DOGEUSDT", "/api/v1/stream?symbols=DOGEUSDT"]) {
    const response = await app.request(path);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      title: "Invalid query",
      status: 400,
      detail: expect.stringContaining("among the markets served here: BTCUSDT, ETHUSDT"),
    });
  }
  const missing = await app.request("/api/v1/nothing");
  expect(missing.status).toBe(404);
  expect(missing.headers.get("content-type")).toBe("application/problem+json");
});

test("another method than GET is a problem that says so", async () => {
  const { app } = setUp();
  const response = await app.request("/api/v1/bars", { method: "DELETE" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD");
  const got = await app.request("/api/v1/models/reload");
  expect(got.status).toBe(405);
  expect(got.headers.get("allow")).toBe("POST");
});

const RELOAD = "/api/v1/models/reload";
const post = (authorization?: string) => ({
  method: "POST",
  headers: authorization === undefined ? {} : { authorization },
});

test("without a token set, administrative calls are off and say so", async () => {
  const { app } = setUp();
  const response = await app.request(RELOAD, post("Bearer undefined"));
  expect(response.status).toBe(403);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining("ADMIN_TOKEN") });
});

test("an administrative call without the very token is refused, and nothing is done", async () => {
  let reloads = 0;
  const { app } = setUp(STATUS, {
    adminToken: "secret",
    reloadModels: () => Promise.resolve(void reloads++),
  });
  const wrong = ["", "secret", "Basic secret", "Bearer", "Bearer secre", "Bearer secret2"];
  for (const authorization of [undefined, ...wrong]) {
    const response = await app.request(RELOAD, post(authorization));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer realm="MicroStream"/);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.text()).not.toContain("secre");
  }
  expect(reloads).toBe(0);
  for (const authorization of ["Bearer secret", "bearer secret"]) {
    const response = await app.request(RELOAD, post(authorization));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ models: STATUS.models, problem: null });
  }
  expect(reloads).toBe(2);
});

test("a reload that fails is a problem that says why and that the models stay", async () => {
  const { app } = setUp(STATUS, {
    adminToken: "secret",
    reloadModels: () => Promise.reject(new Error("model.json: hmm: invalid")),
  });
  const response = await app.request(RELOAD, post("Bearer secret"));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    title: "Models refused",
    detail: "model.json: hmm: invalid; the models loaded before stay live",
  });
});

test("a page of another origin may read answers and errors", async () => {
  const { app } = setUp();
  for (const path of ["/api/v1/models", "/api/v1/bars?limit=x", "/api/v1/bars?limit=1&limit=2"]) {
    const response = await app.request(path);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  }
});

test("the models are told without their trees, the primary one marked", async () => {
  const { app } = setUp();
  const response = await app.request("/api/v1/models");
  expect(await response.json()).toMatchObject([{
    name: "classic",
    primary: true,
    fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    loaded: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    forest: { trees: 100, contamination: 0.05, offset: expect.any(Number) },
    hmm: { labels: ["Bearish Extreme", "Normal Market", "Bullish Extreme"] },
  }]);
});

test("health tells a live connection from another; readiness is an HTTP status", async () => {
  const live = setUp().app;
  expect(await (await live.request("/healthz")).json()).toMatchObject({ status: "ok" });
  expect((await live.request("/readyz")).status).toBe(200);
  const cut = setUp({ ...STATUS, connection: "disconnected" }).app;
  expect(await (await cut.request("/healthz")).json()).toMatchObject({ status: "degraded" });
  expect((await cut.request("/readyz")).status).toBe(503);
});

test("readiness says why the first ten markets are not ready", async () => {
  const [market] = STATUS.symbols;
  if (market === undefined) throw new TypeError("the status has no market");
  const problem = "bars wait for klines: no answer";
  const symbols = [
    market,
    { ...market, symbol: "NEWUSDT", last_bar: null },
    ...Array.from({ length: 10 }, (_, i) => ({ ...market, symbol: `M${i}USDT`, problem })),
  ];
  const response = await setUp({ ...STATUS, symbols }).app.request("/readyz");
  expect(response.status).toBe(503);
  const answer = SCHEMAS.Readiness.parse(await response.json());
  expect(Object.keys(answer.problems)).toHaveLength(10);
  expect(answer.problems).toMatchObject({ NEWUSDT: "it has no bar yet", M0USDT: problem });
  const well = await (await setUp().app.request("/readyz")).json();
  expect(well).toEqual({ ready: true, connection: "live", message: "live", problems: {} });
});

test("the page is served under a strict policy, and no file outside of its folder", async () => {
  const { app } = setUp();
  const page = await app.request("/");
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  for (const path of ["/assets/..%2Fsecret.js", "/assets/%2e%2e%2fsecret.js", "/assets/none.js"]) {
    const response = await app.request(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toBe("secret");
  }
});

test("the service describes each of its calls, and every shape that it names", async () => {
  const { app } = setUp();
  const response = await app.request("/openapi.json");
  const text = await response.text();
  const { openapi, paths, components } = JSON.parse(text);
  expect(openapi).toBe("3.1.0");
  const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  const routes = app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect(routes).toEqual(expect.arrayContaining(described));
  expect(described).toEqual(
    expect.arrayContaining(routes.filter((route) => route.includes("/api/"))),
  );
  for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    expect(components.schemas).toHaveProperty(name);
  }
});

test("the page about the calls names each and needs nothing from elsewhere", async () => {
  const { app } = setUp();
  const response = await app.request("/docs");
  expect(response.headers.get("content-type")).toContain("text/html");
  const page = await response.text();
  for (const { method, path } of OPERATIONS) {
    expect(page).toContain(`${method.toUpperCase()} ${path}`);
  }
  expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:,">)|src=|https?:/);
  expect(page).toContain("<code>nowcast</code>");
  expect(page).not.toContain("`");
});
