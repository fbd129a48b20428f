import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import { loadCore } from "../../core-wasm/load.ts";
import { bundleEverything } from "../core-wasm/bundle.ts";
import { computeEverything } from "../core-wasm/everything.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

test("Chromium gives the same bits as this host", async () => {
  const wasm = readFileSync(new URL("../../core-wasm/core.wasm", import.meta.url));
  const page = await browser.newPage();
  // As an expression, so that what comes back is of no type to be trusted.
  const results: unknown = await page.evaluate(`${await bundleEverything()}
    core.computeEverything(new WebAssembly.Module(
      Uint8Array.from(atob("${wasm.toString("base64")}"), (char) => char.charCodeAt(0)),
    ));`);
  expect(results).toEqual(computeEverything(loadCore()));
});
