import { expect, test } from "vitest";
import { z } from "zod";
import { makeLive } from "../../../support/records.ts";
import { makeStatus, setUp } from "../support.ts";

const RELOAD = "/api/v1/models/reload";
const post = (authorization?: string) => ({
  method: "POST",
  headers: authorization === undefined ? {} : { authorization },
});

test("models are listed without their trees, the primary one marked", async () => {
  const response = await setUp().request("/api/v1/models");
  expect(await response.json()).toMatchObject([{
    name: "classic",
    primary: true,
    fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    loaded: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    labels: ["Bearish Extreme", "Normal Market", "Bullish Extreme"],
    forest: { trees: 100, contamination: 0.05, offset: expect.any(Number) },
    hmm: { labels: ["Bearish Extreme", "Normal Market", "Bullish Extreme"] },
  }]);
});

test("a volatility model is listed without its tables, with its labels and without a forest", async () => {
  const models = ["models/classic.json", "models/volatility.json"];
  const [, volatility]: unknown[] = await (await setUp({ models }).request("/api/v1/models"))
    .json();
  expect(volatility).toMatchObject({
    name: "volatility",
    primary: false,
    features: { preset: "volatility" },
    labels: ["Calm", "Normal", "Turbulent"],
    forecast: {
      need: 4320,
      horizons: {
        "15": { z_quantiles: 2001, borders_absolute_y: { BTCUSDT: expect.any(Array) } },
        "60": { z_quantiles: 2001 },
      },
    },
  });
  expect(volatility).not.toHaveProperty("forest");
  expect(volatility).not.toHaveProperty("hmm");
});

const LIVE = { models: ["models/classic.json", "models/volatility.json"], live: makeLive() };
const lives = z.array(z.object({ live: z.unknown().optional() }));

test("a model that makes forecasts has their live scores, of all markets or of one", async () => {
  const get = async (query: string) =>
    lives.parse(await (await setUp(LIVE).request(`/api/v1/models${query}`)).json())
      .map(({ live }) => live);
  expect(await get("")).toEqual([undefined, LIVE.live]);
  const { pooled, symbols: { ETHUSDT } } = LIVE.live;
  expect(await get("?symbol=ethusdt")).toEqual([undefined, { pooled, symbols: { ETHUSDT } }]);
});

test("live scores of a market that is not served are refused", async () => {
  const response = await setUp(LIVE).request("/api/v1/models?symbol=XRPUSDT");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    detail: expect.stringMatching(/^symbol must be among .*BTCUSDT, ETHUSDT/),
  });
});

test("without a token set, administrative calls are off and say so", async () => {
  const response = await setUp().request(RELOAD, post("Bearer undefined"));
  expect(response.status).toBe(403);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining("ADMIN_TOKEN") });
});

test("an administrative call without the exact token is refused, and nothing is done", async () => {
  let reloads = 0;
  const app = setUp({
    adminToken: "secret",
    reload: () => Promise.resolve(void reloads++),
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
    expect(await response.json()).toEqual({ models: makeStatus().models, problem: null });
  }
  expect(reloads).toBe(2);
});

test("a reload that fails is a problem with the reason; the models before stay", async () => {
  const app = setUp({
    adminToken: "secret",
    reload: () => Promise.reject(new Error("model.json: hmm: invalid")),
  });
  const response = await app.request(RELOAD, post("Bearer secret"));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    title: "Models refused",
    detail: "model.json: hmm: invalid; the models loaded before stay live",
  });
});

test("the answer to a wrong token waits; the right token is admitted at once meanwhile", async () => {
  const pauses: number[] = [];
  const app = setUp({
    adminToken: "secret",
    sleep: (ms) => {
      pauses.push(ms);
      return new Promise(() => {});
    },
  });
  for (let i = 0; i < 3; i++) void app.request(RELOAD, post("Bearer wrong"));
  const right = await app.request(RELOAD, post("Bearer secret"));
  expect(right.status).toBe(200);
  expect(pauses).toEqual([500, 1000, 2000]);
});
