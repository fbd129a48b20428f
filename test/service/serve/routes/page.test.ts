import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../support/temporary.ts";
import { setUp } from "../support.ts";

const PAGE = "<!doctype html><title>é</title>";
const SCRIPT = "app()";

function setUpPage() {
  const folder = temporaryFolder();
  const dashboard = join(folder, "dist");
  mkdirSync(dashboard);
  writeFileSync(join(dashboard, "index.html"), PAGE);
  writeFileSync(join(dashboard, "app-ABCD2345.js"), SCRIPT);
  writeFileSync(join(dashboard, "app.js"), SCRIPT);
  writeFileSync(join(folder, "secret-ABCD2345.js"), "secret");
  return setUp({ dashboard });
}

test("the page is served under a strict policy, and a browser asks for it each time", async () => {
  const response = await setUpPage().request("/");
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(response.headers.get("cache-control")).toBe("no-cache");
});

test("an asset that is named by its content may be kept", async () => {
  const response = await setUpPage().request("/assets/app-ABCD2345.js");
  expect(await response.text()).toBe(SCRIPT);
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});

test.each([
  "..%2Fsecret-ABCD2345.js",
  "%2e%2e%2fsecret-ABCD2345.js",
  "..%5csecret-ABCD2345.js",
  "..%2findex.html",
  "index.html",
  "app.js",
  "none-ABCD2345.js",
  "app-ABCD2345.js%00",
  "%",
])("/assets/%s is no asset: a problem that may not be kept", async (name) => {
  const response = await setUpPage().request(`/assets/${name}`);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.has("cache-control")).toBe(false);
  expect(await response.json()).toMatchObject({
    detail: expect.stringContaining("deno task build"),
  });
});

test("a page that is not built is a problem that says how to build it", async () => {
  const response = await setUp().request("/");
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    detail: 'there is no index.html; "deno task build" makes the page',
  });
});
