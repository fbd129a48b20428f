/** The service behind an HTTP proxy, with a stand-in for the exchange that only the proxy finds. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openThrough } from "../../service/exchanges/socket.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { ProxyServer } from "../support/proxy_server.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const health = z.looseObject({
  connection: z.string(),
  message: z.string(),
  symbols: z.array(z.looseObject({ trades: z.int() })),
});

async function startExchange() {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 9, symbols: ["BTCUSDT"] }),
  });
  onTestFinished(() => exchange.close());
  return new URL(exchange.url).port;
}

/** Settings of a service whose exchange has a name that only a proxy can resolve. */
const settings = (port: string) => ({
  SOURCE: "binance",
  BINANCE_WS_URL: `ws://binance.test:${port}`,
  BINANCE_REST_URL: `http://binance.test:${port}`,
  DATA_DIR: temporaryFolder(),
});

async function untilHealth(
  service: ServiceProcess,
  wanted: (state: z.infer<typeof health>) => boolean,
) {
  return await until("the state of the connection", async () => {
    const state = health.parse(await service.get("/healthz"));
    return wanted(state) ? state : undefined;
  });
}

test("REST and WebSocket go through the proxy, with least permissions and its password", async () => {
  const port = await startExchange();
  const proxy = await ProxyServer.start();
  const service = await ServiceProcess.start({
    ...settings(port),
    http_proxy: proxy.url.replace("//", "//me:a%20b@"),
  }, { launcher: true });
  await untilHealth(service, ({ connection }) => connection === "live");
  const login = `Basic ${btoa("me:a b")}`;
  expect(proxy.requests).toContain(`CONNECT binance.test:${port} ${login}`);
  expect(proxy.requests.some((request) => request.startsWith("GET http://binance.test"))).toBe(
    true,
  );
  expect(proxy.requests.every((request) => request.endsWith(login))).toBe(true);
});

test("SOURCE=auto says which proxy refused", async () => {
  const proxy = await ProxyServer.start({ refuse: 407 });
  const service = await ServiceProcess.start({
    ...settings("1"),
    SOURCE: "auto",
    HTTP_PROXY: proxy.url,
  });
  const { message } = await untilHealth(service, ({ connection }) => connection === "live");
  expect(message).toMatch(/^Simulated market: Binance cannot be reached \(.*HTTP 407/);
  expect(message).toContain(`the proxy ${proxy.url}`);
});

test("the state names the proxy that cannot be reached", async () => {
  const service = await ServiceProcess.start({
    ...settings("1"),
    HTTP_PROXY: "http://127.0.0.1:9",
  });
  const { message } = await untilHealth(service, ({ connection }) => connection === "disconnected");
  expect(message).toContain(
    "cannot reach ws://binance.test:1: the proxy http://127.0.0.1:9 failed",
  );
  expect(message).toContain("Check the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)");
});

test("the simulator and what NO_PROXY excepts do without the proxy", async () => {
  const port = await startExchange();
  const proxy = await ProxyServer.start({ refuse: 502 });
  const direct = await ServiceProcess.start({
    ...settings(port),
    BINANCE_WS_URL: `ws://0.0.0.0:${port}`,
    BINANCE_REST_URL: `http://0.0.0.0:${port}`,
    HTTP_PROXY: proxy.url,
    NO_PROXY: `0.0.0.0:${port}`,
  });
  await untilHealth(direct, ({ connection }) => connection === "live");
  const simulator = await ServiceProcess.start({
    ...settings(port),
    SOURCE: "simulator",
    ALL_PROXY: "socks5://127.0.0.1:9",
    HTTP_PROXY: proxy.url,
  });
  await untilHealth(simulator, ({ connection }) => connection === "live");
  expect(proxy.requests).toEqual([]);
});

test("a tunnel is encrypted to the exchange itself, whose certificate is checked", async () => {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=binance.test", "-addext", "subjectAltName=DNS:binance.test"],
    ...["-keyout", key, "-out", cert],
  ]);
  expect(made.status).toBe(0);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  const proxy = await ProxyServer.start();
  const socket = openThrough(new URL(proxy.url))(`wss://binance.test:${address.port}/stream`);
  const error = await new Promise<Error>((resolve) => socket.on("error", resolve));
  expect(error.message).toMatch(/self.signed certificate/);
  expect(proxy.requests).toEqual([`CONNECT binance.test:${address.port} -`]);
});

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot make certificates: ${stderr}`);
}

/** The paths of a key, of a certificate for binance.test, and of the authority that signed it. */
function makeCertificates() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const paths = { key: path("key.pem"), cert: path("cert.pem"), authority: path("ca.pem") };
  openssl(
    ...["req", "-x509", ...ec, "-subj", "/CN=A test's authority", "-keyout", path("ca-key.pem")],
    ...["-out", paths.authority],
  );
  openssl(
    ...["req", ...ec, "-subj", "/CN=binance.test", "-keyout", paths.key, "-out", path("csr.pem")],
  );
  writeFileSync(path("names"), "subjectAltName=DNS:binance.test\nbasicConstraints=CA:FALSE\n");
  openssl(
    ...["x509", "-req", "-in", path("csr.pem"), "-CA", paths.authority, "-days", "2"],
    ...["-CAkey", path("ca-key.pem"), "-CAcreateserial", "-extfile", path("names")],
    ...["-out", paths.cert],
  );
  return paths;
}

test("a whole session is encrypted through the proxy: wss, https, and trades over both", async () => {
  const port = Number(await startExchange());
  const { key, cert, authority } = makeCertificates();
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
    const onward = connect(port, "127.0.0.1");
    onward.pipe(client).pipe(onward);
    onward.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("error", () => onward.destroy()).on("close", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  const proxy = await ProxyServer.start();
  const host = `binance.test:${address.port}`;
  const service = await ServiceProcess.start({
    ...settings("1"),
    BINANCE_WS_URL: `wss://${host}`,
    BINANCE_REST_URL: `https://${host}`,
    HTTPS_PROXY: proxy.url,
    DENO_CERT: authority,
    DENO_NO_UPDATE_CHECK: "1",
  });
  const { message } = await untilHealth(
    service,
    ({ connection, symbols }) => connection === "live" && (symbols[0]?.trades ?? 0) >= 20,
  );
  expect(message).toBe(`live from wss://${host}`);
  expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${host} -`]));
  // One tunnel for the socket, others for REST.
  expect(proxy.requests.length).toBeGreaterThan(1);
});
