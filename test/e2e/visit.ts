import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { launchChromium } from "./chromium.ts";
import { layoutFaults } from "./layout.ts";

/** Where tests keep what the page looked like. */
export const SCREENSHOTS = fileURLToPath(new URL("./screenshots/", import.meta.url));
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Ends a wait for a state that is never reached, ms. */
const LIMIT_MS = 600_000;

let browser: Browser;

/** Starts a browser before the tests of a file and closes it after them. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchChromium();
    mkdirSync(SCREENSHOTS, { recursive: true });
  });
  afterAll(() => browser?.close());
}

/** Starts a service on a simulated market, unless the settings say otherwise. */
export function startService(env: Record<string, string> = {}): Promise<ServiceProcess> {
  return ServiceProcess.start({
    SOURCE: "simulator",
    SYMBOLS: "BTCUSDT,PEPEUSDT",
    DATA_DIR: temporaryFolder(),
    ...env,
  });
}

/** Opens a tab in a browser profile of its own; it is closed with the test. */
export async function openPage(
  options: BrowserContextOptions = { viewport: DESKTOP },
): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(LIMIT_MS);
  return await context.newPage();
}

/** Waits until all charts are drawn, including the forming minute. */
export async function drawn(page: Page): Promise<void> {
  await page.locator("#panels svg.chart").nth(6).waitFor();
  await page.locator("#price-chart .forming .body").waitFor({ state: "attached" });
}

/** Waits until an element has a text. */
export function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  return page.locator(selector, { hasText: text }).waitFor();
}

/** The fact of a list, now. */
export function factOf(page: Page, list: string, name: string): Promise<string> {
  return page.locator(`#${list} dt:text-is("${name}") + dd`).innerText();
}

/** Waits until a fact of a list has a value. */
export function factShows(page: Page, list: string, name: string, value: RegExp): Promise<void> {
  return page.locator(`#${list} dt:text-is("${name}") + dd`, { hasText: value }).waitFor();
}

/** Waits until the title of the tab matches. */
export async function titled(page: Page, title: RegExp): Promise<void> {
  await page.waitForFunction(({ source }) => new RegExp(source).test(document.title), {
    source: title.source,
  });
}

/** A port that is currently free. */
export function freePort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return String(listener.addr.port);
}

/**
 * Takes pictures of the page as it is, wide and narrow, light and dark.
 *
 * @throws When its layout has a fault in one of them.
 */
export async function picture(page: Page, name: string): Promise<void> {
  for (const width of [1440, PHONE.width]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      // Two frames: one is drawn after the sizes are known.
      await page.evaluate(() =>
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      );
      await page.screenshot({
        path: `${SCREENSHOTS}${name}-${width}-${colorScheme}.png`,
        fullPage: width === PHONE.width,
      });
    }
    expect(await layoutFaults(page)).toEqual([]);
  }
}
