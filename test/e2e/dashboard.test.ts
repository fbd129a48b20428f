import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { complaintsOf, launchChromium } from "./chromium.ts";
import { layoutFaults } from "./layout.ts";

const SCREENSHOTS = fileURLToPath(new URL("./screenshots/", import.meta.url));
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Ends a wait for a state that does not come, ms. */
const LIMIT_MS = 300_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  mkdirSync(SCREENSHOTS, { recursive: true });
});

afterAll(() => browser?.close());

function startService(env: Record<string, string> = {}): Promise<ServiceProcess> {
  return ServiceProcess.start({
    SOURCE: "simulator",
    SYMBOLS: "BTCUSDT,PEPEUSDT",
    DATA_DIR: temporaryFolder(),
    ...env,
  });
}

async function openPage(options: BrowserContextOptions = { viewport: DESK }): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(LIMIT_MS);
  return await context.newPage();
}

/** Waits until all charts are drawn, the forming minute among them. */
async function drawn(page: Page): Promise<void> {
  await page.locator("#panels svg.chart").nth(6).waitFor();
  await page.locator("#price-chart .forming .body").waitFor({ state: "attached" });
}

/** A port that was free a moment ago. */
function freePort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return String(listener.addr.port);
}

const factOf = (page: Page, list: string, name: string) =>
  page.locator(`#${list} dt:text-is("${name}") + dd`).innerText();

describe("the dashboard", () => {
  it("shows hours of a market at once, and that it is simulated", async () => {
    const service = await startService();
    const page = await openPage();
    const complaints = complaintsOf(page);
    await page.goto(service.url);
    await drawn(page);

    const candles = await page.locator("#price-chart .candles").evaluateAll((paths) =>
      // Each candle is a wick and a body, each a subpath of its own.
      paths.reduce((sum, path) => sum + (path.getAttribute("d")?.split("M").length ?? 1) - 1, 0) / 2
    );
    expect(candles).toBeGreaterThanOrEqual(170);
    await page.locator('#alarm[data-tone="simulated"]').waitFor();
    expect(await page.locator("#alarm").innerText()).toContain("SIMULATED DATA");
    expect(await page.locator("#regime").innerText()).toMatch(/^(Stable|Volatile|Crisis)$/);
    expect(await page.locator("#regime-label").innerText()).toBe("Regime, liquidity model");
    expect(await factOf(page, "health", "Source")).toBe("Simulator");
    expect(await factOf(page, "model", "Name")).toBe("liquidity");
    expect(await page.title()).toContain("BTCUSDT");
    expect(complaints).toEqual([]);
  });

  it("shows the liquidity model first and the classic one a click away, and remembers", async () => {
    const service = await startService();
    const page = await openPage();
    const complaints = complaintsOf(page);
    await page.goto(service.url);
    await drawn(page);
    const bars = page.locator("#regime-bars");
    const bands = () => page.locator("#price-chart .band").first().getAttribute("fill");
    const models = page.getByRole("group", { name: "Model that the page shows" });
    expect(await models.getByRole("radio", { checked: true }).getAttribute("value"))
      .toBe("liquidity");
    expect(await bars.innerText()).toMatch(/Stable[^]*Volatile[^]*Crisis/);
    expect(await page.locator("#other-models").innerText()).toContain("Classic model");
    expect(await page.locator("#legend").innerText()).toMatch(/Stable[^]*Volatile[^]*Crisis/);
    expect(await bands()).toBe("var(--calm)");
    const [score, fingerprint] = await Promise.all([
      page.locator("#anomaly-score").innerText(),
      factOf(page, "model", "Fingerprint"),
    ]);

    await models.getByText("Classic").click();
    await page.locator("#regime", { hasText: /Bearish|Normal|Bullish/ }).waitFor();
    expect(await bars.innerText()).toMatch(/Bearish Extreme[^]*Normal Market[^]*Bullish Extreme/);
    expect(await page.locator("#probability-readout").innerText()).toContain("Bullish");
    expect(await page.locator("#summary").innerText()).toContain("Bearish Extreme");
    expect(await page.locator("#forming-regime").innerText()).toMatch(/Bearish|Normal|Bullish/);
    expect(await page.locator("#legend").innerText()).toContain("Bullish Extreme");
    expect(await page.title()).toMatch(/Bearish|Normal|Bullish/);
    expect(await bands()).toBe("var(--bear)");
    expect(await page.locator("#other-models").innerText()).toContain("Liquidity model");
    expect(await factOf(page, "model", "Name")).toBe("classic");
    expect(await factOf(page, "model", "Fingerprint")).not.toBe(fingerprint);
    // The anomaly is the primary model's, whichever is shown.
    expect(await page.locator("#anomaly-label").innerText()).toBe("Anomaly, classic model");
    expect(await page.locator("#anomaly-score").innerText()).toBe(score);
    expect(new URL(page.url()).searchParams.get("model")).toBe("classic");

    await page.goto(service.url);
    await drawn(page);
    expect(await page.locator("#regime-label").innerText()).toBe("Regime, classic model");
    await models.getByRole("radio", { checked: true }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.locator("#regime", { hasText: /Stable|Volatile|Crisis/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("says that another model went live, without a reload", async () => {
    const folder = temporaryFolder();
    const files = ["classic", "liquidity"].map((name) => {
      const file = `${folder}/${name}.json`;
      copyFileSync(`models/${name}.json`, file);
      return file;
    });
    const service = await startService({ MODELS: files.join() });
    const page = await openPage();
    const complaints = complaintsOf(page);
    await page.goto(service.url);
    await drawn(page);
    await page.evaluate(() => document.body.dataset["mark"] = "not reloaded");
    const before = await factOf(page, "model", "Fingerprint");

    const [, liquidity = ""] = files;
    const artifact: unknown = JSON.parse(readFileSync(liquidity, "utf8"));
    const changed = JSON.stringify(artifact).replace(/"offset":-[\d.]+/, '"offset":-0.75');
    writeFileSync(`${liquidity}.tmp`, changed);
    renameSync(`${liquidity}.tmp`, liquidity);
    await page.locator("#notice", { hasText: /^Liquidity model \w{8} is live, was \w{8}$/ })
      .waitFor();
    const after = await factOf(page, "model", "Fingerprint");
    expect(after).not.toBe(before);
    expect(await service.get("/api/v1/models")).toMatchObject([{}, { fingerprint: after }]);

    writeFileSync(liquidity, "{");
    await page.locator("#model", { hasText: /New files.*liquidity\.json: must be/s }).waitFor();
    expect(await factOf(page, "model", "Fingerprint")).toBe(after);
    expect(await page.evaluate(() => document.body.dataset["mark"])).toBe("not reloaded");
    expect(complaints).toEqual([]);
  });

  it("moves on with the market, without a reload", async () => {
    const service = await startService({ SIMULATOR_SPEED: "30" });
    const page = await openPage();
    const complaints = complaintsOf(page);
    await page.goto(service.url);
    await drawn(page);
    await page.evaluate(() => document.body.dataset["mark"] = "not reloaded");

    const [bar, price, chart] = await Promise.all([
      factOf(page, "health", "Last bar"),
      page.locator("#price").innerText(),
      page.locator("#price-chart svg").innerHTML(),
    ]);
    await until(
      "a new bar",
      async () => await factOf(page, "health", "Last bar") !== bar || undefined,
    );
    await until(
      "a price",
      async () => await page.locator("#price").innerText() !== price || undefined,
    );
    expect(await page.locator("#price-chart svg").innerHTML()).not.toBe(chart);
    await page.locator("#forming-time", { hasText: /\d\d:\d\d/ }).waitFor();
    expect(await page.evaluate(() => document.body.dataset["mark"])).toBe("not reloaded");
    expect(complaints).toEqual([]);
  });

  it("says when the service is gone, and recovers when it is back", async () => {
    const env = { DASHBOARD_PORT: freePort(), DATA_DIR: temporaryFolder() };
    const first = await startService(env);
    const page = await openPage();
    await page.goto(first.url);
    await drawn(page);

    await first.kill("SIGKILL");
    await page.locator('#alarm[data-tone="down"]').waitFor();
    expect(await page.locator("#alarm").innerText()).toContain("No connection to MicroStream");
    expect(await factOf(page, "health", "This page")).toBe("lost");

    await startService(env);
    await page.locator('#alarm[data-tone="simulated"]').waitFor();
    await until(
      "the page to be whole again",
      async () => await factOf(page, "health", "This page") === "connected" || undefined,
    );
    const price = await page.locator("#price").innerText();
    await until(
      "a price",
      async () => await page.locator("#price").innerText() !== price || undefined,
    );
    expect(await factOf(page, "summary", "Missing minutes")).toBe("0");
  });

  it("turns to another market and prints its prices in its own decimals", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await page.getByLabel("Market").selectOption("PEPEUSDT");
    await page.locator("#price", { hasText: /^0\.0000\d{4,}$/ }).waitFor();
    expect(new URL(page.url()).searchParams.get("symbol")).toBe("PEPEUSDT");
    await drawn(page);
    expect(await layoutFaults(page)).toEqual([]);
  });

  it("reads one minute in all charts, by pointer and by keyboard", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    const minute = page.getByRole("slider");

    await page.locator("#price-chart").hover({ position: { x: 300, y: 100 } });
    await page.locator("#minute-kind", { hasText: "final" }).waitFor();
    expect(await page.locator("#crosshair").isVisible()).toBe(true);
    const [time, price] = await Promise.all([
      page.locator("#minute-time").innerText(),
      page.locator("#price-readout").innerText(),
    ]);
    expect(time).toMatch(/^\d\d:\d\d UTC$/);

    await minute.focus();
    await page.keyboard.press("ArrowLeft");
    await until(
      "the minute before",
      async () => await page.locator("#minute-time").innerText() !== time || undefined,
    );
    expect(await page.locator("#price-readout").innerText()).not.toBe(price);
    expect(await minute.getAttribute("aria-valuetext")).toMatch(/close .*, anomaly score/);

    await page.keyboard.press("Escape");
    await page.locator("#crosshair").waitFor({ state: "hidden" });
  });

  it("remembers the theme and the span", async () => {
    const service = await startService();
    const page = await openPage({ viewport: DESK, colorScheme: "dark" });
    await page.goto(service.url);
    await drawn(page);
    await page.getByRole("button", { name: "Switch to the light theme" }).click();
    await page.getByRole("radio", { name: "12 h" }).check();
    await page.locator("#price-unit", { hasText: "5-minute candles" }).waitFor();
    await page.reload();
    await drawn(page);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("light");
    expect(await page.getByRole("radio", { name: "12 h" }).isChecked()).toBe(true);
    expect(await page.locator("#price-unit").innerText()).toContain("5-minute candles");
  });
});

describe("the layout", () => {
  it.each(
    [
      { name: "1280-dark", viewport: DESK, colorScheme: "dark" },
      { name: "1280-light", viewport: DESK, colorScheme: "light" },
      { name: "390-dark", viewport: PHONE, colorScheme: "dark" },
      { name: "390-light", viewport: PHONE, colorScheme: "light" },
      { name: "721-light", viewport: { width: 721, height: 900 }, colorScheme: "light" },
      { name: "861-dark", viewport: { width: 861, height: 900 }, colorScheme: "dark" },
    ] as const,
  )("at $name has nothing over another, cut or too wide", async (combination) => {
    const { name, viewport, colorScheme } = combination;
    const service = await startService();
    const page = await openPage({ viewport, colorScheme });
    await page.goto(service.url);
    const empty = await page.evaluate(() => document.documentElement.scrollHeight);
    await drawn(page);
    await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
    expect(await layoutFaults(page)).toEqual([]);
    const full = await page.evaluate(() => document.documentElement.scrollHeight);
    expect(Math.abs(full - empty)).toBeLessThanOrEqual(1);
  });
});
