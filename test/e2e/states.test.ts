import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { parseFaults } from "../../service/simulator/faults/parse.ts";
import { CAN_MOUNT, SmallDisk } from "../support/small_disk.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { errorsOf } from "./chromium.ts";
import { settingsFor, startExchange, startRelay } from "./exchange.ts";
import {
  drawn,
  factOf,
  factShows,
  freePort,
  openPage,
  picture,
  shows,
  startService,
  titled,
  useBrowser,
} from "./visit.ts";

/** The title of the tab while the price in it is the market's present one. */
const PRICE_IN_TITLE = /^[\d,.]+ BTCUSDT/;

useBrowser();

/** Waits until the strip has a tone and a title. */
function strip(page: Page, tone: string, title: string): Promise<void> {
  return shows(page, `#alarm[data-tone="${tone}"]`, title);
}

/** Waits until nothing on the page looks as if it were of now. */
async function stale(page: Page): Promise<void> {
  await page.locator("body[data-stale]").waitFor();
  expect(await page.title()).not.toMatch(/\d\.\d/);
}

describe("the page says of its data that it", () => {
  it("is live", async () => {
    const exchange = await startExchange();
    const service = await startService(settingsFor(exchange));
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(service.url);
    await drawn(page);
    await strip(page, "live", "Live market data");
    await titled(page, PRICE_IN_TITLE);
    await picture(page, "live");
    expect(errors).toEqual([]);
  });

  it("is recorded, and of which day", async () => {
    const exchange = await startExchange({ from: Date.UTC(2022, 0, 15, 12) });
    const service = await startService(settingsFor(exchange));
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await strip(page, "recorded", "Recorded market data of 15 Jan 2022");
    await titled(page, /^[\d,.]+ BTCUSDT \(15 Jan 2022\)/);
    await picture(page, "recorded");
  });

  it("is quiet, long before the connection counts as silent", async () => {
    const exchange = await startExchange({ faults: parseFaults("stall 10m every 20s") });
    const service = await startService(settingsFor(exchange));
    const page = await openPage();
    await page.goto(service.url);
    await shows(page, "#alarm-message", /No trade of BTCUSDT for \d+ s/);
    await picture(page, "quiet");
  });

  it("is cut off from the exchange", async () => {
    const exchange = await startExchange();
    const service = await startService(settingsFor(exchange));
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await titled(page, PRICE_IN_TITLE);
    await exchange.close();
    await strip(page, "down", "The exchange is unreachable");
    await titled(page, /^BTCUSDT: The exchange is unreachable/);
    await stale(page);
    await picture(page, "exchange-gone");
  });

  it("never came, as the exchange cannot be reached", async () => {
    const nowhere = `127.0.0.1:${freePort()}`;
    const service = await startService({
      SOURCE: "binance",
      SYMBOLS: "BTCUSDT",
      BINANCE_WS_URL: `ws://${nowhere}`,
      BINANCE_REST_URL: `http://${nowhere}`,
    });
    const page = await openPage();
    await page.goto(service.url);
    await strip(page, "down", "The exchange is unreachable");
    await shows(page, "#chart-note", "No bars for BTCUSDT yet. The exchange is unreachable.");
    await picture(page, "exchange-never");
  });

  it("is silent, within seconds, and goes on when the service does", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await titled(page, PRICE_IN_TITLE);
    service.suspend();
    await strip(page, "down", "MicroStream is silent");
    await shows(page, "#alarm-message", /^Nothing has arrived for \d+ s\.$/);
    await titled(page, /^BTCUSDT: MicroStream is silent/);
    await factShows(page, "health", "This page", /^silent$/);
    await stale(page);
    await picture(page, "silent");
    service.resume();
    await strip(page, "simulated", "SIMULATED DATA");
    await titled(page, PRICE_IN_TITLE);
  });

  it("is disconnected: why, and when it tries again", async () => {
    const env = { DASHBOARD_PORT: freePort(), DATA_DIR: temporaryFolder() };
    const service = await startService(env);
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await service.kill("SIGKILL");
    await strip(page, "down", "No connection to MicroStream");
    await shows(page, "#alarm-message", /^No updates since .*: the service .*\. (Next|Recon)/);
    await titled(page, /^BTCUSDT: No connection to MicroStream/);
    await stale(page);
    await picture(page, "disconnected");
  });

  it("is of a market that is halted, which is no fault of the line", async () => {
    const exchange = await startExchange({ minutes: 2 });
    const rest = startRelay(exchange, ({ path, status, text }) =>
      Promise.resolve({
        status,
        text: path.endsWith("exchangeInfo") ? text.replaceAll("TRADING", "BREAK") : text,
      }));
    const service = await startService(settingsFor(exchange, rest));
    const page = await openPage();
    await page.goto(service.url);
    await strip(page, "wait", "Trading of BTCUSDT is halted");
    await titled(page, /^BTCUSDT: Trading of BTCUSDT is halted/);
    await stale(page);
    await picture(page, "halted");
  });

  it("cannot come, as the exchange does not list the market", async () => {
    const exchange = await startExchange();
    const service = await startService({ ...settingsFor(exchange), SYMBOLS: "BTCUSDT,NOPEUSDT" });
    const page = await openPage();
    await page.goto(`${service.url}/?symbol=NOPEUSDT`);
    await strip(page, "wait", "NOPEUSDT is not listed");
    await shows(page, "#chart-note", "No bars for NOPEUSDT yet. NOPEUSDT is not listed.");
    await picture(page, "unlisted");
    await page.goto(`${service.url}/?symbol=BTCUSDT`);
    await strip(page, "live", "Live market data");
  });

  it("is being loaded: n of m minutes", async () => {
    const exchange = await startExchange();
    const released = Promise.withResolvers<void>();
    let answers = 0;
    const rest = startRelay(exchange, async ({ path, status, text }) => {
      // The first blocks of history come, the next one is held back.
      if (path.endsWith("klines") && ++answers > 3) await released.promise;
      return { status, text };
    });
    const service = await startService(settingsFor(exchange, rest));
    const page = await openPage();
    await page.goto(service.url);
    await strip(page, "wait", "Loading history");
    await shows(page, "#alarm-message", /^[\d,]+ of [\d,]+ minutes of BTCUSDT/);
    // The minutes that have come are days old: they say nothing of now.
    for (const word of ["#regime", "#anomaly", "#other-models .model-output"]) {
      expect(await page.locator(word).innerText()).toMatch(/^(–|Warming up)$/);
    }
    await picture(page, "loading");
    released.resolve();
    await drawn(page);
    await strip(page, "live", "Live market data");
    await factShows(page, "summary", "Missing minutes", /^0$/);
  });

  it("has no regime yet: how far its models are", async () => {
    const exchange = await startExchange({ history: 9 });
    const service = await startService(settingsFor(exchange));
    const page = await openPage();
    await page.goto(`${service.url}/?model=classic`);
    await drawn(page);
    await shows(page, "#regime", /^Warming up$/);
    await shows(page, "#regime-progress", /^\d+ of 20 minutes$/);
    await shows(page, "#anomaly", /^Warming up$/);
    await shows(page, "#other-models", /Warming up[^]*[\d,]+ of [\d,]+ minutes/);
    await titled(page, /^[\d,.]+ BTCUSDT \| MicroStream$/);
    await factShows(page, "summary", "Normal Market", /^–$/);
    await factShows(page, "summary", "Anomalies", /^–$/);
    expect(await page.locator("#announcer").innerText()).toBe("");
    const bands = await page.locator("#price-chart .band").evaluateAll((paths) =>
      paths.map((path) => path.getAttribute("d"))
    );
    expect(bands.join("")).toBe("");
    const words = await page.locator("main").innerText();
    expect(words).not.toMatch(/\d% *confidence|Ordinary|Anomalous/);
    await picture(page, "unready");
  });

  it("is delayed where its own bars are; those of another market have a quiet line", async () => {
    const exchange = await startExchange({ symbols: ["BTCUSDT", "ETHUSDT"] });
    const rest = startRelay(exchange, ({ path, query, status, text }) => {
      const stuck = path.endsWith("klines") && query.get("symbol") === "ETHUSDT";
      return Promise.resolve(stuck ? { status: 500, text: "{}" } : { status, text });
    });
    const service = await startService({
      ...settingsFor(exchange, rest),
      SYMBOLS: "BTCUSDT,ETHUSDT",
    });
    const page = await openPage();
    await page.goto(`${service.url}/?symbol=BTCUSDT`);
    await shows(page, "#alarm-others", "Delayed: ETHUSDT");
    await strip(page, "live", "Live market data");
    await picture(page, "other-delayed");
    await page.getByLabel("Market").selectOption("ETHUSDT");
    await strip(page, "down", "ETHUSDT bars are delayed");
    // Nothing of the market before is left.
    await shows(page, "#minute-time", /^–$/);
    expect(await page.locator(".readout").allInnerTexts()).toEqual(["", "", "", "", "", "", ""]);
    await picture(page, "delayed");
  });

  it.skipIf(!CAN_MOUNT)(
    "is not written to disk: since when, and what waits" +
      (CAN_MOUNT ? "" : " (skipped: a file system cannot be mounted here)"),
    async () => {
      const disk = new SmallDisk();
      // Fast, so that there are bars to write; trades for half an hour, as long as a test may take.
      const exchange = await startExchange({ history: 60, minutes: 300, speed: 10 });
      const service = await startService({
        ...settingsFor(exchange),
        HISTORY_DAYS: "1",
        DATA_DIR: join(disk.folder, "store"),
      });
      const page = await openPage();
      await page.goto(service.url);
      await drawn(page);
      disk.fill();
      await strip(page, "down", "The journal cannot be written");
      await shows(
        page,
        "#alarm-message",
        /^Since \d\d:\d\d:\d\d UTC: .*\d+ records? waits? in memory/,
      );
      await factShows(page, "health", "Journal", /^cannot be written$/);
      await titled(page, /^BTCUSDT: The journal cannot be written/);
      await picture(page, "storage");
      const last = await factOf(page, "health", "Last bar");
      disk.makeRoom();
      await factShows(page, "health", "Journal", /^sound$/);
      await until("the bars that waited", async () => {
        const bar = await factOf(page, "health", "Last bar");
        return bar === last ? undefined : bar;
      });
      await factShows(page, "summary", "Missing minutes", /^0$/);
    },
  );

  it("is of no market that the service has, and offers those that it has", async () => {
    const service = await startService();
    const page = await openPage();
    const errors = errorsOf(page);
    await page.goto(`${service.url}/?symbol=NOPE`);
    await strip(page, "down", "NOPE is not watched here");
    await titled(page, /^NOPE is not watched here/);
    expect(new URL(page.url()).searchParams.get("symbol")).toBe("NOPE");
    await picture(page, "unknown");
    await page.getByRole("link", { name: "PEPEUSDT" }).click();
    await drawn(page);
    await strip(page, "simulated", "SIMULATED DATA");
    // The same in small letters is the same market.
    await page.goto(`${service.url}/?symbol=pepeusdt`);
    await titled(page, /PEPEUSDT/);
    expect(errors).toEqual([]);
  });

  it("is of a market that the service no longer has after a restart", async () => {
    const env = { DASHBOARD_PORT: freePort(), DATA_DIR: temporaryFolder() };
    const service = await startService(env);
    const [leaving, staying] = [await openPage(), await openPage()];
    await leaving.goto(`${service.url}/?symbol=PEPEUSDT`);
    await drawn(leaving);
    const other = await leaving.context().newPage();
    await other.goto(`${service.url}/?symbol=BTCUSDT`);
    await drawn(other);
    await staying.close();
    await service.kill("SIGKILL");
    await startService({ ...env, SYMBOLS: "BTCUSDT" });
    await strip(leaving, "down", "PEPEUSDT is not watched here");
    await strip(other, "simulated", "SIMULATED DATA");
  });
});

describe("the readout", () => {
  it("is of the candle that is drawn, with its span, at 24 hours", async () => {
    const service = await startService();
    const page = await openPage();
    await page.goto(service.url);
    await drawn(page);
    await page.getByRole("radio", { name: "24 h" }).check();
    await shows(page, "#price-unit", /15-minute candle \d\d:\d\d–\d\d:\d\d$/);
    await page.getByRole("slider").focus();
    for (let step = 0; step < 5; step++) await page.keyboard.press("PageDown");
    await shows(page, "#minute-kind", "final");
    await until("the readout to be of fifteen minutes", async () => {
      const unit = await page.locator("#price-unit").innerText();
      const volume = await page.locator("#volume-unit").innerText();
      const minute = await page.locator("#minute-time").innerText();
      const [from = "", to = ""] = unit.slice(-11).split("–");
      const ends = to === "00:00" ? "24:00" : to;
      return minute.slice(0, 5) >= from && minute.slice(0, 5) < ends &&
          volume.endsWith(unit.slice(-11))
        ? true
        : undefined;
    });
    await picture(page, "readout-24h");
  });
});
