import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";

/** Flags of every Chromium here, beside the kind of headless mode. */
export const FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium from `CHROMIUM_PATH`, by default the path of the Debian package. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `Cannot start Chromium as it must be installed (Debian: apt-get install chromium) or ` +
        `CHROMIUM_PATH be set: current value is ${executablePath}`,
    );
  }
  return chromium.launch({ executablePath, args: ["--headless", ...FLAGS] });
}

/** Collects the console errors and uncaught exceptions of a page. */
export function errorsOf(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}
