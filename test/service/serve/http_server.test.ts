import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { HttpBounds } from "../../../service/config.ts";
import { createLog } from "../../../service/log.ts";
import { Refusals } from "../../../service/serve/http/refusals.ts";
import {
  HttpServer,
  type HttpServerOptions,
  type HttpTimes,
} from "../../../service/serve/http_server.ts";
import { until } from "../../support/until.ts";

const BOUNDS: HttpBounds = {
  maxConnections: 100,
  maxStreams: 100,
  maxPerAddress: 0,
  trustedProxies: [],
};

async function setUp(
  handler: HttpServerOptions["handler"],
  { bounds = {}, times = {} }: {
    readonly bounds?: Partial<HttpBounds>;
    readonly times?: Partial<HttpTimes>;
  } = {},
) {
  const refusals = new Refusals();
  const server = new HttpServer({
    config: { host: "127.0.0.1", port: 0, bounds: { ...BOUNDS, ...bounds } },
    handler,
    refusals,
    log: createLog("ERROR", () => {}),
    times: { check: 50, ...times },
  });
  onTestFinished(() => server.close());
  const url = await server.start();
  return { server, refusals, url, port: Number(new URL(url).port) };
}

/** A raw client: what it received so far, and whether the service has ended the connection. */
class Client {
  received = "";
  ended = false;
  readonly socket: Socket;

  constructor(port: number, text = "", { reads = true } = {}) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {}).on("close", () => this.ended = true);
    if (reads) this.socket.on("data", (bytes) => this.received += bytes.toString("latin1"));
    else this.socket.pause();
    if (text !== "") this.socket.write(text);
    onTestFinished(() => void this.socket.destroy());
  }

  async receives(text: string): Promise<void> {
    await until(`"${text}"`, () => this.received.includes(text) || undefined);
  }

  async ends(): Promise<void> {
    await until("the end of the connection", () => this.ended || undefined);
  }
}

const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const hello = () => new Response("hello");

/** A body without an end, and whether it was cancelled. */
function endless(block = 64 << 10) {
  const state = { made: 0, cancelled: false };
  const body = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        state.made += block;
        controller.enqueue(new Uint8Array(block));
      },
      cancel() {
        state.cancelled = true;
      },
    }, { highWaterMark: 0 });
  return { state, body };
}

test("a short answer is sent with its length, and HEAD without its body", async () => {
  const { url } = await setUp(({ method }) =>
    method === "HEAD" ? new Response(null, { headers: { "content-length": "5" } }) : hello()
  );
  const got = await fetch(url);
  expect([await got.text(), got.headers.get("content-length")]).toEqual(["hello", "5"]);
  const asked = await fetch(url, { method: "HEAD" });
  expect([await asked.text(), asked.headers.get("content-length")]).toEqual(["", "5"]);
});

test("TRACE reaches the routes, which refuse it", async () => {
  const { port } = await setUp(({ method }) => new Response(`refused ${method}`, { status: 405 }));
  const client = new Client(port, "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await client.ends();
  expect(client.received).toMatch(/^HTTP\/1\.1 405 [^]*refused TRACE/);
  await new Client(port, get("/after")).receives("refused GET");
});

test("the first part of a live stream is sent before there is a second", async () => {
  const headers = { "content-type": "text/event-stream" };
  const { port } = await setUp(() => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("retry: 1\n\n")),
    });
    return new Response(body, { headers });
  });
  await new Client(port, get("/")).receives("retry: 1");
});

test("a body is made as fast as its client reads, and cancelled when the client has gone", async () => {
  const { state, body } = endless();
  const { port } = await setUp(() => new Response(body()));
  const client = new Client(port, get("/"), { reads: false });
  // The system's buffers take what they can.
  let looks = 0;
  let made = 0;
  await until("a client that takes no more", () => {
    looks = state.made > 0 && state.made === made ? looks + 1 : 0;
    made = state.made;
    return looks > 20 || undefined;
  });
  client.socket.resume();
  await until("more for a client that reads", () => state.made > made || undefined);
  client.socket.destroy();
  await until("the end of the body", () => state.cancelled || undefined);
});

test("the memory of a sent block is freed, and bytes that a handler keeps can be sent again", async () => {
  const kept = new TextEncoder().encode("kept ".repeat(50_000));
  const block = new Uint8Array(100_000).fill(65);
  const blocks = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(100_000).fill(66));
        controller.enqueue(block);
        controller.close();
      },
    });
  const { url } = await setUp(({ url }) => new Response(url.endsWith("/kept") ? kept : blocks()));
  for (let i = 0; i < 2; i++) {
    expect(await (await fetch(`${url}/kept`)).text()).toBe("kept ".repeat(50_000));
  }
  expect(await (await fetch(`${url}/blocks`)).text()).toBe(
    "B".repeat(100_000) + "A".repeat(100_000),
  );
  expect(block.byteLength).toBe(0);
});

test("a client that takes nothing of its answer is dropped after the write deadline", async () => {
  const { state, body } = endless();
  const { port, server, refusals } = await setUp(() => new Response(body()), {
    times: { write: 300 },
  });
  new Client(port, get("/"), { reads: false });
  await until("the end of the body", () => state.cancelled || undefined);
  await until("no connection", () => server.connections === 0 || undefined);
  expect(refusals.count("stalled")).toBe(1);
});

test("a body that fails breaks the answer off", async () => {
  const broken = Promise.withResolvers<void>();
  let made = 0;
  const { port } = await setUp(() =>
    new Response(
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        async pull(controller) {
          if (++made > 3) await broken.promise;
          controller.enqueue(new TextEncoder().encode(`part ${made};`));
        },
      }, { highWaterMark: 0 }),
    )
  );
  const client = new Client(port, get("/"));
  await client.receives("part 2;");
  broken.reject(new Error("the thread died"));
  await client.ends();
  // Without the last chunk, so the client knows.
  expect(client.received).not.toMatch(/\r\n0\r\n/);
});

test("a connection beyond the bound is destroyed without an answer; one that ends makes room", async () => {
  const { port, server, refusals, url } = await setUp(hello, { bounds: { maxConnections: 3 } });
  const first = [new Client(port), new Client(port), new Client(port)];
  await until("three connections", () => server.connections === 3 || undefined);
  const beyond = new Client(port, get("/"));
  await beyond.ends();
  expect(beyond.received).toBe("");
  expect([server.connections, refusals.count("connections")]).toEqual([3, 1]);
  first[0]?.socket.destroy();
  await until("room", () => server.connections < 3 || undefined);
  expect(await (await fetch(url)).text()).toBe("hello");
});

test("an address has a bound of its own, and a trusted proxy has none", async () => {
  const { port, server, refusals } = await setUp(hello, { bounds: { maxPerAddress: 2 } });
  const clients = [new Client(port), new Client(port)];
  await until("two connections", () => server.connections === 2 || undefined);
  await new Client(port).ends();
  expect([clients.length, refusals.count("address")]).toEqual([2, 1]);

  const trusting = await setUp(hello, {
    bounds: { maxPerAddress: 2, trustedProxies: ["127.0.0.0/8"] },
  });
  for (let i = 0; i < 5; i++) new Client(trusting.port);
  await until("five connections", () => trusting.server.connections === 5 || undefined);
});

test.each([
  [[], "203.0.113.9", "127.0.0.1"],
  [["127.0.0.1"], undefined, "127.0.0.1"],
  [["127.0.0.1"], "203.0.113.9", "203.0.113.9"],
  [["127.0.0.1"], "198.51.100.1, 203.0.113.9", "203.0.113.9"],
  [["127.0.0.1", "10.0.0.0/8"], "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"],
  [["127.0.0.1"], "203.0.113.9, nonsense", "127.0.0.1"],
  [["127.0.0.1"], "2001:db8:1:2:3::4", "2001:db8:1:2::/64"],
  [["127.0.0.1"], "2001:db8::7", "2001:db8:0:0::/64"],
])("with %j trusted, X-Forwarded-For %s makes the client %s", async (trusted, header, expected) => {
  const { url } = await setUp((_request, { client }) => new Response(client.address), {
    bounds: { trustedProxies: trusted },
  });
  const headers = header === undefined ? {} : { "x-forwarded-for": header };
  expect(await (await fetch(url, { headers })).text()).toBe(expected);
});

test.each([
  ["says nothing", ""],
  ["sends half a request", "GET / HTTP/1.1\r\nHost:"],
])("a connection that %s is closed after the time for headers", async (_what, text) => {
  const { port } = await setUp(hello, { times: { headers: 200, request: 400 } });
  const client = new Client(port, text);
  await client.ends();
  expect(client.received).not.toContain("hello");
});

test("a connection without a request is closed after a while, and one with a stream is not", async () => {
  const { body } = endless(10);
  const { port } = await setUp(
    ({ url }) => url.endsWith("/stream") ? new Response(body()) : hello(),
    {
      times: { keepAlive: 200, headers: 300, request: 300 },
    },
  );
  const stream = new Client(port, get("/stream"), { reads: false });
  const idle = new Client(port, get("/"));
  await idle.receives("hello");
  await idle.ends();
  expect(stream.ended).toBe(false);
});

test("requests that were sent at once are answered in order, and too many of them are not", async () => {
  const { port, refusals } = await setUp(({ url }) => new Response(`<${new URL(url).pathname}>`));
  const client = new Client(port, get("/1") + get("/2") + get("/3"));
  await client.receives("</3>");
  expect(client.received.match(/<\/\d>/g)).toEqual(["</1>", "</2>", "</3>"]);
  const greedy = new Client(port, get("/").repeat(50));
  await greedy.ends();
  expect(refusals.count("pipelined")).toBe(1);
});

test.each([
  ["GET * HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"],
  ["GET http://other.test/path?a=1 HTTP/1.1\r\nHost: a\r\n\r\n", "</path?a=1>"],
  ["GET //other.test/path HTTP/1.1\r\nHost: a\r\n\r\n", "<//other.test/path>"],
  ["nonsense\r\n\r\n", "HTTP/1.1 400"],
])("%j is answered by %s, and the service goes on", async (text, expected) => {
  const { port } = await setUp(({ url }) =>
    new Response(`<${url.replace("http://localhost", "")}>`)
  );
  await new Client(port, text).receives(expected);
  await new Client(port, get("/after")).receives("</after>");
});

test("closing lets answers under way end, and does not wait for clients that do not read", async () => {
  const finish = Promise.withResolvers<Response>();
  const { body } = endless();
  const { server, port } = await setUp(
    ({ url }) => url.endsWith("/slow") ? finish.promise : new Response(body()),
    { times: { shutdown: 300 } },
  );
  const slow = new Client(port, get("/slow"));
  const stuck = new Client(port, get("/endless"), { reads: false });
  await until("both connections", () => server.connections === 2 || undefined);
  const closed = server.close();
  finish.resolve(hello());
  await slow.receives("hello");
  await closed;
  stuck.socket.resume();
  await stuck.ends();
});
