import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

/** Path of a file among the real market data beside the repository. */
export function sharedData(file: string): string {
  return fileURLToPath(new URL(`../../../shared/data/${file}`, import.meta.url));
}

/**
 * A test on real market data; without the files it is skipped, and its name says why.
 *
 * @param timeoutMs For a test that takes longer than the usual limit allows.
 */
export function realDataTest(
  name: string,
  files: readonly string[],
  run: () => Promise<void>,
  timeoutMs?: number,
) {
  const missing = files.find((file) => !existsSync(sharedData(file)));
  if (missing === undefined) test(name, run, timeoutMs);
  else test.skip(`${name} (skipped: ../shared/data/${missing} is not there)`, () => {});
}
