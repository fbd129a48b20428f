import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeBar } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { makeStatus, setUp } from "./support.ts";

test("a query that is refused is a problem that says what is allowed", async () => {
  const app = setUp();
  for (const path of ["/api/v1/bars?symbol=DOGEUSDT", "/api/v1/stream?symbols=DOGEUSDT"]) {
    const response = await app.request(path);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Invalid query",
      status: 400,
      detail: expect.stringMatching(
        /^symbols? must be among the markets served here: BTCUSDT, ETHUSDT: .*"DOGEUSDT"$/,
      ),
      instance: path.replace(/\?.*/, ""),
    });
  }
});

test("an unknown path is a problem", async () => {
  const response = await setUp().request("/api/v1/nothing");
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  ["DELETE", "/api/v1/bars", "GET, HEAD"],
  ["PUT", "/assets/app-ABCD2345.js", "GET, HEAD"],
  ["POST", "/", "GET, HEAD"],
  ["GET", "/api/v1/models/reload", "POST"],
  ["HEAD", "/api/v1/models/reload", "POST"],
])("%s %s is a problem that names the methods %s", async (method, path, allow) => {
  const response = await setUp().request(path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe(allow);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});

test("a failure is a problem without its details, which the log has", async () => {
  const status = {
    ...makeStatus(),
    get symbols(): never {
      throw new Error("a secret");
    },
  };
  const response = await setUp({ status }).request("/api/v1/symbols");
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.text()).not.toContain("secret");
});

test("a page of another origin may read answers and errors", async () => {
  const app = setUp();
  for (
    const [path, method] of [
      ["/api/v1/models", "GET"],
      ["/api/v1/bars?limit=x", "GET"],
      ["/api/v1/bars?limit=1&limit=2", "GET"],
      ["/api/v1/bars", "DELETE"],
      ["/api/v1/bars", "HEAD"],
    ] as const
  ) {
    const response = await app.request(path, { method });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  }
});

test.each([
  ["/", {}],
  ["/", { "accept-encoding": "gzip" }],
  ["/api/v1/bars", {}],
  ["/api/v1/bars", { "accept-encoding": "gzip" }],
  ["/api/v1/bars?limit=none", {}],
  ["/nothing", {}],
  ["/docs", {}],
])("HEAD %s with %j has the headers of GET and the length of its body", async (path, headers) => {
  const dashboard = temporaryFolder();
  writeFileSync(join(dashboard, "index.html"), `<!doctype html>${"é".repeat(2000)}`);
  const app = setUp({ dashboard, bars: Array.from({ length: 50 }, (_, i) => makeBar(i)) });
  const got = await app.request(path, { headers });
  const { byteLength } = await got.arrayBuffer();
  const asked = await app.request(path, { method: "HEAD", headers });
  expect(asked.status).toBe(got.status);
  expect(asked.body).toBeNull();
  expect([...asked.headers].filter(([name]) => name !== "content-length"))
    .toEqual([...got.headers]);
  expect(asked.headers.get("content-length")).toBe(String(byteLength));
});
