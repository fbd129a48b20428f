import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadCore } from "../../core-wasm/load.ts";
import { bundleEverything } from "./bundle.ts";
import { computeEverything } from "./everything.ts";

const WASM = fileURLToPath(new URL("../../core-wasm/core.wasm", import.meta.url));

test("a module compiled from bytes and a compiled module give the same bits", () => {
  expect(computeEverything(readFileSync(WASM))).toEqual(computeEverything(loadCore()));
});

test("Node gives the same bits", async () => {
  const script = `${await bundleEverything()}
const wasm = require("node:fs").readFileSync(${JSON.stringify(WASM)});
process.stdout.write(JSON.stringify(core.computeEverything(wasm)));`;
  const { status, stdout, stderr, error } = spawnSync("node", ["-"], {
    input: script,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  expect(error).toBe(undefined);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(computeEverything(loadCore()));
});
