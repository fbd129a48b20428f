import { describe, expect, it } from "vitest";
import { errorsOf } from "./chromium.ts";
import {
  drawn,
  factOf,
  factShows,
  openPage,
  picture,
  shows,
  startService,
  useBrowser,
} from "./visit.ts";

useBrowser();

/** Eight days make the model ready at once; ten minutes a second mature its forecasts. */
const READY = { HISTORY_DAYS: "8", SIMULATOR_SPEED: "600", SYMBOLS: "BTCUSDT,DOGEUSDT" };

describe("the forecast panel", () => {
  it("shows intervals, why they moved, and how often they held once enough have matured", async () => {
    const service = await startService(READY);
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(service.url);
    await drawn(page);
    await page.locator("#forecast-chart svg.chart").waitFor();
    const chart = page.locator("#forecast-chart svg.chart");
    expect(await chart.getAttribute("aria-label"))
      .toMatch(/^Volatility of the next 15 min: [\d.]+ basis points, 80 % from [\d.]+ to [\d.]+; /);
    expect(await page.locator("#forecast-basis").innerText()).toBe("regimes in basis points");
    for (const name of ["Next 15 min", "Next 60 min"]) {
      await factShows(page, "forecast-facts", name, /^[\d.]+ bp, 80 %: [\d.]+ to [\d.]+$/);
    }
    await factShows(page, "forecast-facts", "Shock score", /^[\d.]+, (a|no) shock$/);
    await factShows(page, "forecast-facts", "Change within 60 min", /^[<>]?\d+\.\d%$/);
    expect(await page.locator("#forecast-why dd").allInnerTexts())
      .toEqual(Array(4).fill(expect.stringMatching(/^[+−]?\d+%$/)));
    await picture(page, "forecast-young");

    // The page loads the scores once a minute; a visit loads them at once.
    await expect.poll(async () => {
      await page.reload();
      await drawn(page);
      return await factOf(page, "forecast-scores", "15 min, day");
    }, { timeout: 300_000, interval: 3000 }).toMatch(/^\d+\.\d% of [\d,]+$/);
    await picture(page, "forecast");

    await page.goto(`${service.url}/?symbol=DOGEUSDT`);
    await drawn(page);
    await factShows(page, "forecast-fit", "Trained on", /^real bars$/);
    expect(await page.locator("#forecast-basis").innerText()).toBe("regimes against its week");
    expect(errors).toEqual([]);
  });

  it("shows how far the model is from being ready, and no word of its own", async () => {
    const service = await startService({ HISTORY_DAYS: "1" });
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await page.locator("#forecast-progress", { hasText: /^Warming up: 1,\d\d\d of 4,320 minutes$/ })
      .waitFor();
    expect(await page.locator("#forecast-chart svg").count()).toBe(0);
    expect(await page.locator("#forecast-basis").innerText()).toBe("");
    expect(await page.locator("#forecast").innerText()).not.toContain("–");
    expect(await page.locator("#forecast-said").isVisible()).toBe(false);
    await picture(page, "forecast-warming");
  });

  it("stands without the panels of a forest where the volatility model runs alone", async () => {
    const service = await startService({
      ...READY,
      MODELS: "models/volatility.json",
      SYMBOLS: "BTCUSDT",
    });
    const page = await openPage();
    await page.goto(service.url);
    await page.locator("#price-chart .forming .body").waitFor({ state: "attached" });
    await shows(page, "#anomaly-label", /^Shock, volatility model$/);
    await shows(page, "#anomaly", /^(Shock|No shock)$/);
    await shows(page, "#anomaly-score", /^[\d.]+$/);
    for (const id of ["anomaly-panel", "features-panel", "anomaly-threshold-pair"]) {
      expect(await page.locator(`#${id}`).isVisible()).toBe(false);
    }
    expect(await page.locator("main").innerText()).not.toMatch(/Anomal/);
    await picture(page, "forecast-alone");
  });
});
