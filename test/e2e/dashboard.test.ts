import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { signalSchema } from "../../data/schema/signal.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { errorsOf } from "./chromium.ts";
import { layoutFaults } from "./layout.ts";
import {
  DESKTOP,
  drawn,
  factOf,
  factShows,
  freePort,
  openPage,
  PHONE,
  SCREENSHOTS,
  shows,
  startService,
  titled,
  useBrowser,
} from "./visit.ts";

const signalsSchema = z.array(z.object({ anomaly_score: signalSchema.shape.anomaly_score }));
useBrowser();

/** Waits for the alarm strip of the simulated market without a problem. */
function simulated(page: Page): Promise<void> {
  return shows(page, '#alarm[data-tone="simulated"]', "SIMULATED DATA");
}

/** The strip in its usual state: further words may need another line. */
const USUAL =
  /^SIMULATED DATA, not a real market Simulated market, seed \d+, set by SOURCE=simulator$/;

/**
 * The layout of a page in its usual state: a problem in the alarm strip needs more lines, and a model
 * that is not ready fewer.
 */
function usualLayout(page: Page): Promise<{ faults: readonly string[]; height: number }> {
  return until("the layout of the page without an alarm", async () => {
    await simulated(page);
    await page.locator("#forecast-chart svg.chart").waitFor();
    const faults = await layoutFaults(page);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const strip = await page.locator("#alarm").innerText();
    return USUAL.test(strip.replace(/\s+/g, " ")) ? { faults, height } : undefined;
  });
}

describe("the dashboard", () => {
  it("shows hours of history and that the market is simulated", async () => {
    const service = await startService();
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(service.url);
    await drawn(page);

    await until("three hours of candles", async () => {
      const candles = await page.locator("#price-chart .candles").evaluateAll((paths) =>
        // A candle is two subpaths: a wick and a body.
        paths.reduce((sum, path) => sum + (path.getAttribute("d")?.split("M").length ?? 1) - 1, 0) /
        2
      );
      return candles >= 170 || undefined;
    });
    await simulated(page);
    await shows(page, "#regime", /^(Calm|Normal|Turbulent)$/);
    await shows(page, "#regime-label", /^Regime, volatility model$/);
    await factShows(page, "health", "Source", /^Simulator$/);
    await factShows(page, "model", "Name", /^volatility$/);
    await titled(page, /BTCUSDT/);
    expect(errors).toEqual([]);
  });

  it("shows the volatility model by default, and remembers the choice of the classic one", async () => {
    const service = await startService();
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(service.url);
    await drawn(page);
    const bandsAre = (colour: string) =>
      page.locator(`#price-chart .band[fill="${colour}"]`).first().waitFor({ state: "attached" });
    const scoredByPrimary = async () => {
      await shows(page, "#anomaly-label", /^Anomaly, classic model$/);
      await until("the score of the last signal", async () => {
        const [signal] = signalsSchema.parse(
          await service.get("/api/v1/signals?symbol=BTCUSDT&limit=1"),
        );
        const score = signal?.anomaly_score?.toFixed(3).replace("-", "−");
        return await page.locator("#anomaly-score").innerText() === score || undefined;
      });
    };
    const models = page.getByRole("group", { name: "Displayed model" });
    expect(await models.getByRole("radio", { checked: true }).getAttribute("value"))
      .toBe("volatility");
    await shows(page, "#regime-bars", /Calm[^]*Normal[^]*Turbulent/);
    await shows(page, "#other-models", "Classic model");
    await shows(page, "#legend", /Calm[^]*Normal[^]*Turbulent/);
    await bandsAre("var(--calm)");
    const fingerprint = await factOf(page, "model", "Fingerprint");

    await models.getByText("Classic").click();
    await shows(page, "#regime", /Bearish|Normal|Bullish/);
    await shows(page, "#regime-bars", /Bearish Extreme[^]*Normal Market[^]*Bullish Extreme/);
    await shows(page, "#probability-readout", "Bullish");
    await shows(page, "#summary", "Bearish Extreme");
    await shows(page, "#forming-regime", /Bearish|Normal|Bullish/);
    await shows(page, "#legend", "Bullish Extreme");
    await titled(page, /Bearish|Normal|Bullish/);
    await bandsAre("var(--bear)");
    await shows(page, "#other-models", "Volatility model");
    await factShows(page, "model", "Name", /^classic$/);
    expect(await factOf(page, "model", "Fingerprint")).not.toBe(fingerprint);
    // The anomaly is that of the primary model, whichever model is shown.
    await scoredByPrimary();
    expect(new URL(page.url()).searchParams.get("model")).toBe("classic");

    await page.goto(service.url);
    await drawn(page);
    await shows(page, "#regime-label", /^Regime, classic model$/);
    await models.getByRole("radio", { checked: true }).focus();
    await page.keyboard.press("ArrowLeft");
    await shows(page, "#regime", /Calm|Normal|Turbulent/);
    await scoredByPrimary();
    expect(errors).toEqual([]);
  });

  it("shows a notice of a promoted model, without a reload", async () => {
    const folder = temporaryFolder();
    const files = ["classic", "volatility"].map((name) => {
      const file = `${folder}/${name}.json`;
      copyFileSync(`models/${name}.json`, file);
      return file;
    });
    const service = await startService({ MODELS: files.join() });
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(service.url);
    await drawn(page);
    await page.evaluate(() => {
      document.body.dataset["mark"] = "not reloaded";
      // A notice is shown for seconds; a slow machine could miss it.
      const notice = document.getElementById("notice");
      if (notice === null) return;
      new MutationObserver(() => {
        document.body.dataset["notices"] = (document.body.dataset["notices"] ?? "") +
          notice.textContent;
      }).observe(notice, { childList: true });
    });
    const before = await factOf(page, "model", "Fingerprint");

    const [, volatility = ""] = files;
    const artifact: unknown = JSON.parse(readFileSync(volatility, "utf8"));
    const changed = JSON.stringify(artifact).replace(/"start":[\d.]+/, '"start":3.5');
    writeFileSync(`${volatility}.tmp`, changed);
    renameSync(`${volatility}.tmp`, volatility);
    await page.locator("body[data-notices]").waitFor();
    expect(await page.locator("body").getAttribute("data-notices"))
      .toMatch(/^Volatility model \w{8} is live, replacing \w{8}$/);
    const after = await factOf(page, "model", "Fingerprint");
    expect(after).not.toBe(before);
    expect(await service.get("/api/v1/models")).toMatchObject([{}, { fingerprint: after }]);

    writeFileSync(volatility, "{");
    await factShows(page, "model", "Model files", /volatility\.json: must be/);
    expect(await factOf(page, "model", "Fingerprint")).toBe(after);
    expect(await page.evaluate(() => document.body.dataset["mark"])).toBe("not reloaded");
    expect(errors).toEqual([]);
  });

  it("follows the market without a reload", async () => {
    const service = await startService({ SIMULATOR_SPEED: "30" });
    const page = await openPage();
    const errors = errorsOf(page);
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
      "a new price",
      async () => await page.locator("#price").innerText() !== price || undefined,
    );
    expect(await page.locator("#price-chart svg").innerHTML()).not.toBe(chart);
    await shows(page, "#forming-time", /\d\d:\d\d/);
    expect(await page.evaluate(() => document.body.dataset["mark"])).toBe("not reloaded");
    expect(errors).toEqual([]);
  });

  it("shows a lost connection, and recovers when the service is back", async () => {
    const env = { DASHBOARD_PORT: freePort(), DATA_DIR: temporaryFolder() };
    const first = await startService(env);
    const page = await openPage();
    await page.goto(first.url);
    await drawn(page);

    await first.kill("SIGKILL");
    await shows(page, '#alarm[data-tone="down"]', "No connection to MicroStream");
    await factShows(page, "health", "This page", /^lost$/);

    await startService(env);
    await simulated(page);
    await factShows(page, "health", "This page", /^connected$/);
    const price = await page.locator("#price").innerText();
    await until(
      "a new price",
      async () => await page.locator("#price").innerText() !== price || undefined,
    );
    await factShows(page, "summary", "Missing minutes", /^0$/);
  });

  it("shows another market with the decimals of its prices", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await page.getByLabel("Market").selectOption("PEPEUSDT");
    await shows(page, "#price", /^0\.0000\d{4,}$/);
    expect(new URL(page.url()).searchParams.get("symbol")).toBe("PEPEUSDT");
    await drawn(page);
    expect((await usualLayout(page)).faults).toEqual([]);
  });

  it("shows one minute in all charts, selected by pointer or keyboard", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    const minute = page.getByRole("slider");

    await page.locator("#price-chart").hover({ position: { x: 300, y: 100 } });
    await shows(page, "#minute-kind", "final");
    await page.locator("#crosshair").waitFor();
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
    const page = await openPage({ viewport: DESKTOP, colorScheme: "dark" });
    await page.goto(service.url);
    await drawn(page);
    await page.getByRole("button", { name: "Switch to the light theme" }).click();
    await page.getByRole("radio", { name: "12 h" }).check();
    await shows(page, "#price-unit", "5-minute candle");
    await page.reload();
    await drawn(page);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("light");
    expect(await page.getByRole("radio", { name: "12 h" }).isChecked()).toBe(true);
    await shows(page, "#price-unit", "5-minute candle");
  });
});

describe("the layout", () => {
  it.each(
    [
      { name: "1280-dark", viewport: DESKTOP, colorScheme: "dark" },
      { name: "1280-light", viewport: DESKTOP, colorScheme: "light" },
      { name: "390-dark", viewport: PHONE, colorScheme: "dark" },
      { name: "390-light", viewport: PHONE, colorScheme: "light" },
      { name: "721-light", viewport: { width: 721, height: 900 }, colorScheme: "light" },
      { name: "861-dark", viewport: { width: 861, height: 900 }, colorScheme: "dark" },
    ] as const,
  )("at $name has no overlapping, clipped or overflowing text", async (combination) => {
    const { name, viewport, colorScheme } = combination;
    const service = await startService();
    const page = await openPage({ viewport, colorScheme });
    await page.goto(service.url);
    const empty = await page.evaluate(() => document.documentElement.scrollHeight);
    await drawn(page);
    const { faults, height } = await usualLayout(page);
    await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
    expect(faults).toEqual([]);
    expect(Math.abs(height - empty)).toBeLessThanOrEqual(1);
  });
});
