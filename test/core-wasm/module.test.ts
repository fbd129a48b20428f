import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const bytes = readFileSync(new URL("../../core-wasm/core.wasm", import.meta.url));

test("the core imports nothing from its host", () => {
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
});

test("the core is at most 64 KiB", () => {
  expect(bytes.length).toBeLessThanOrEqual(64 * 1024);
});
