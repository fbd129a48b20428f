import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_DIMS, MAX_STATES } from "../../core-wasm/core.ts";
import { instantiateCore } from "../../core-wasm/instance.ts";
import { loadCore } from "../../core-wasm/load.ts";

const bytes = readFileSync(new URL("../../core-wasm/core.wasm", import.meta.url));

/** Names of the declared exports: number of parameters of a function, else undefined. */
function declaredExports(): Record<string, number | undefined> {
  const file = new URL("../../core-wasm/exports.d.ts", import.meta.url);
  const declarations = readFileSync(file, "utf8").matchAll(
    /export (?:const (?<constant>\w+):|function (?<name>\w+)\((?<parameters>[^)]*)\))/g,
  );
  return Object.fromEntries(
    Array.from(declarations, ({ groups }) => [
      groups?.["constant"] ?? groups?.["name"],
      groups?.["parameters"]?.split(",").filter((parameter) => parameter !== "").length,
    ]),
  );
}

test("the core imports nothing from its host", () => {
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
});

test("the core is at most 64 KiB", () => {
  expect(bytes.length).toBeLessThanOrEqual(64 * 1024);
});

test("the checked-in types declare exactly the exports of core.wasm", () => {
  const exports = Object.entries(instantiateCore(loadCore())).map(([name, value]) => [
    name,
    typeof value === "function" ? value.length : undefined,
  ]);
  expect(declaredExports()).toEqual(Object.fromEntries(exports));
});

test("the limits of models are the core's", () => {
  const core = instantiateCore(loadCore());
  expect([core.MAX_DIMS.value, core.MAX_STATES.value]).toEqual([MAX_DIMS, MAX_STATES]);
});

test("a module other than core.wasm is refused", () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(() => instantiateCore(empty)).toThrow(
    new TypeError("Cannot use the module as it must be core.wasm: its exports are none"),
  );
});
