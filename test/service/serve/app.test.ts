import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
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

test("a refused method is a problem that a client can unpack", async () => {
  const headers = { "accept-encoding": "gzip" };
  const response = await setUp().request("/api/v1/bars", { method: "PUT", headers });
  const body = Buffer.from(await response.arrayBuffer());
  const text = response.headers.get("content-encoding") === "gzip" ? gunzipSync(body) : body;
  expect(JSON.parse(text.toString())).toMatchObject({ status: 405 });
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

test.each(["/", "/openapi.json", "/docs", "/api/v1/models"])(
  "%s has a tag, and one who has it gets 304 without a body",
  async (path) => {
    const dashboard = temporaryFolder();
    writeFileSync(join(dashboard, "index.html"), "<!doctype html>");
    const app = setUp({ dashboard });
    const etag = (await app.request(path)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^(W\/)?"[0-9a-f]+"$/);
    const again = await app.request(path, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const other = await app.request(path, { headers: { "if-none-match": '"other"' } });
    expect(other.status).toBe(200);
  },
);

test("what changes all the time has no tag", async () => {
  for (const path of ["/healthz", "/metrics", "/api/v1/bars", "/api/v1/symbols"]) {
    expect((await setUp().request(path)).headers.has("etag")).toBe(false);
  }
});

test("answers of history beyond the bound are refused with the time to try again", async () => {
  const app = setUp({ maxAnswers: 1, bars: [makeBar(0)] });
  const first = await app.request("/api/v1/bars");
  const refused = await app.request("/api/v1/bars");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  await first.text();
  expect((await app.request("/api/v1/bars")).status).toBe(200);
});

test("a client that goes before its answer of history ends makes room for another", async () => {
  const app = setUp({ maxAnswers: 1, bars: [makeBar(0)] });
  await (await app.request("/api/v1/bars")).body?.cancel();
  expect((await app.request("/api/v1/bars")).status).toBe(200);
});

test("an address may have so many requests under way, and others are not affected", async () => {
  const app = setUp({ maxPerAddress: 2 });
  const ends: (() => void)[] = [];
  const ask = (address: string) =>
    app.request("/api/v1/stream", {}, {
      client: { address, onEnd: (callback: () => void) => ends.push(callback) },
    });
  expect((await ask("a")).status).toBe(200);
  expect((await ask("a")).status).toBe(200);
  const refused = await ask("a");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  expect((await ask("b")).status).toBe(200);
  ends[0]?.();
  expect((await ask("a")).status).toBe(200);
});

test("a stream beyond the bound: new clients get 503, those who resume 200 and wait", async () => {
  const app = setUp({ maxStreams: 2 });
  const refused = await app.request("/api/v1/stream");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  const waiting = await app.request("/api/v1/stream", { headers: { "last-event-id": "a:1" } });
  expect(waiting.status).toBe(200);
  expect(waiting.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const { value } = await waiting.body?.getReader().read() ?? {};
  expect(new TextDecoder().decode(value)).toContain("waits for its turn");
});

test("the content security policy has no unsafe word", async () => {
  const policy = (await setUp().request("/docs")).headers.get("content-security-policy");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).toContain("form-action 'none'");
  expect(policy).not.toContain("unsafe");
});
