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

test("the core computes the same bits in Chromium and in this runtime", async () => {
  const wasm = readFileSync(new URL("../../core-wasm/core.wasm", import.meta.url));
  const page = await browser.newPage();
  // An expression in a string, so that the result is unknown and not of an assumed type.
  const results: unknown = await page.evaluate(`${await bundleEverything()}
    core.computeEverything(new WebAssembly.Module(
      Uint8Array.from(atob("${wasm.toString("base64")}"), (char) => char.charCodeAt(0)),
    ));`);
  expect(results).toEqual(computeEverything(loadCore()));
});
