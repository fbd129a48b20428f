import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import * as z from "zod/mini";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { TabStrip } from "./tab_strip.ts";
import { drawn, freePort, openPage, shows, startService, titled, useBrowser } from "./visit.ts";

const healthSchema = z.object({ subscribers: z.int() });
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "PEPEUSDT", "SOLUSDT"];

useBrowser();

it("eight tabs of a browser share one connection, and go on when some are closed", async () => {
  const service = await startService({ SYMBOLS: SYMBOLS.join(), SIMULATOR_SPEED: "20" });
  const first = await openPage();
  const tabs = [first];
  for (let index = 1; index < 8; index++) tabs.push(await first.context().newPage());
  for (const [index, tab] of tabs.entries()) {
    await tab.goto(`${service.url}/?symbol=${SYMBOLS[index % SYMBOLS.length] ?? ""}`);
    await drawn(tab);
  }
  const subscribers = async () => healthSchema.parse(await service.get("/healthz")).subscribers;
  // A stream that was replaced is gone once the service has noticed.
  await until("one subscriber", async () => await subscribers() === 1 || undefined);

  // The tab that opened the connection is among those that are closed.
  for (const index of [0, 3, 5]) await tabs[index]?.close();
  const staying = tabs.filter((tab) => !tab.isClosed());
  const bars = await Promise.all(staying.map((tab) => tab.locator("#minute-time").innerText()));
  for (const [index, tab] of staying.entries()) {
    await until(
      "a later minute",
      async () => await tab.locator("#minute-time").innerText() !== bars[index] || undefined,
    );
    await shows(tab, "#alarm-title", "SIMULATED DATA");
    // Each minute once: none is missing, and the next one follows.
    await shows(tab, '#summary dt:text-is("Missing minutes") + dd', /^0$/);
  }
  expect(await subscribers()).toBe(1);
});

it("a hidden tab follows the price and the loss of the service in its title", async () => {
  const env = { DASHBOARD_PORT: freePort(), DATA_DIR: temporaryFolder() };
  const service = await startService(env);
  const strip = await TabStrip.start();
  const tab = await strip.open(`${service.url}/?symbol=BTCUSDT`);
  const before = await tab.titled(/^[\d,.]+ BTCUSDT \(simulated\), \w+/);
  await strip.open("about:blank");
  await until(
    "the tab to be hidden",
    async () => await tab.evaluate("document.visibilityState") === "hidden" || undefined,
  );
  await until("another price", async () => {
    const title = await tab.title();
    return /^[\d,.]+ BTCUSDT/.test(title) && title !== before ? true : undefined;
  });

  service.suspend();
  await tab.titled(/^BTCUSDT: MicroStream is silent/);
  service.resume();
  await tab.titled(/^[\d,.]+ BTCUSDT/);

  await tab.freeze(true);
  await tab.titled(/^BTCUSDT, paused by the browser/);
  await tab.freeze(false);
  await tab.titled(/^[\d,.]+ BTCUSDT/);

  await service.kill("SIGKILL");
  await tab.titled(/^BTCUSDT: No connection to MicroStream/);
  await startService(env);
  await tab.titled(/^[\d,.]+ BTCUSDT/);
});

it("a browser without shared workers has a connection for each tab", async () => {
  const service = await startService();
  const page = await openPage();
  await page.addInitScript(() => Object.assign(globalThis, { SharedWorker: undefined }));
  await page.goto(service.url);
  await drawn(page);
  await titled(page, /^[\d,.]+ BTCUSDT/);
  await page.getByLabel("Market").selectOption("PEPEUSDT");
  await titled(page, /^[\d,.]+ PEPEUSDT/);
  await until("one subscriber", async () => {
    const { subscribers } = healthSchema.parse(await service.get("/healthz"));
    return subscribers === 1 || undefined;
  });
});

it("the page comes back by itself after refusals", async () => {
  const service = await startService();
  const refusals = [503, 429, 404, 503];
  let streams = 0;
  const relay = createServer(async (request, response) => {
    const isStream = request.url?.startsWith("/api/v1/stream") ?? false;
    const refusal = isStream ? refusals[streams++] : undefined;
    if (refusal !== undefined) {
      response.writeHead(refusal, { "retry-after": "1" }).end();
      return;
    }
    const abort = new AbortController();
    response.on("close", () => abort.abort());
    const answer = await fetch(`${service.url}${request.url ?? "/"}`, { signal: abort.signal });
    const headers = [...answer.headers].filter(([name]) => !/encoding|length/.test(name));
    response.writeHead(answer.status, Object.fromEntries(headers));
    try {
      for await (const part of answer.body ?? []) response.write(part);
    } catch {
      // The page or the service has gone.
    }
    response.end();
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    relay.closeAllConnections();
    relay.close();
  });
  const address: AddressInfo | string | null = relay.address();
  if (address === null || typeof address === "string") throw new Error("Cannot find the port");

  const page = await openPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await shows(page, "#alarm-message", "the service answered 503");
  await drawn(page);
  await titled(page, /^[\d,.]+ BTCUSDT/);
  expect(streams).toBe(5);
});
