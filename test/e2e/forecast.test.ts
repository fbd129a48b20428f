import { describe, expect, it } from "vitest";
import { errorsOf } from "./chromium.ts";
import { drawn, factOf, factShows, openPage, picture, startService, useBrowser } from "./visit.ts";

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
    expect(await page.locator("#forecast-basis").innerText()).toBe("absolute regimes");
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
    await factShows(page, "forecast-scores", "Trained on", /^BTCUSDT, not on DOGEUSDT$/);
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
    expect(new Set(await page.locator("#forecast-facts dd").allInnerTexts())).toEqual(
      new Set(["–"]),
    );
    await picture(page, "forecast-warming");
  });
});
