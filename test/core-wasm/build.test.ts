import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildCore, type BuildPaths, isStale } from "../../core-wasm/build.ts";

const OLD = new Date("2025-01-01T00:00:00Z");
const BUILT = new Date("2025-01-02T00:00:00Z");

let paths: BuildPaths;

/** A project of two sources, one of them in a subfolder, that was built after its last change. */
beforeEach(() => {
  const root = mkdtempSync(`${tmpdir()}/build-`);
  paths = {
    root: `${root}/`,
    config: `${root}/asconfig.json`,
    sources: `${root}/assembly`,
    output: `${root}/output`,
  };
  mkdirSync(`${paths.sources}/inner`, { recursive: true });
  mkdirSync(paths.output);
  const options = { options: { runtime: "stub", use: ["abort="] } };
  const config = { entries: ["assembly/index.ts"], targets: { release: {} }, ...options };
  writeFileSync(paths.config, JSON.stringify(config));
  writeFileSync(`${paths.sources}/index.ts`, 'export { half } from "./inner/half";\n');
  writeFileSync(
    `${paths.sources}/inner/half.ts`,
    "export function half(x: f64): f64 {\n  return x / 2.0;\n}\n",
  );
  writeFileSync(`${paths.output}/core.wasm`, "");
  writeFileSync(`${paths.output}/exports.d.ts`, "");
  utimesSync(`${paths.output}/core.wasm`, BUILT, BUILT);
  const inputs = ["inner/half.ts", "inner", "index.ts", "."].map((at) => `${paths.sources}/${at}`);
  for (const input of [paths.config, ...inputs]) utimesSync(input, OLD, OLD);
});

afterEach(() => rmSync(paths.root, { recursive: true }));

test("a build that is newer than all its inputs is not stale", () => {
  expect(isStale(paths)).toBe(false);
});

test.each([
  ["a changed source in a subfolder", () => writeFileSync(`${paths.sources}/inner/half.ts`, "")],
  ["a new source in a subfolder", () => writeFileSync(`${paths.sources}/inner/new.ts`, "")],
  ["a deleted source in a subfolder", () => rmSync(`${paths.sources}/inner/half.ts`)],
  [
    "a renamed source in a subfolder",
    () => renameSync(`${paths.sources}/inner/half.ts`, `${paths.sources}/inner/third.ts`),
  ],
  ["a deleted subfolder", () => rmSync(`${paths.sources}/inner`, { recursive: true })],
  ["a changed configuration", () => writeFileSync(paths.config, "{}")],
  ["a missing core.wasm", () => rmSync(`${paths.output}/core.wasm`)],
  ["a missing exports.d.ts", () => rmSync(`${paths.output}/exports.d.ts`)],
])("a build is stale after %s", (_name, change) => {
  change();
  expect(isStale(paths)).toBe(true);
});

test("a build writes core.wasm and the types of its exports, and leaves nothing else", async () => {
  rmSync(`${paths.output}/core.wasm`);
  expect(await buildCore(paths)).toBe(true);
  const wasm = new WebAssembly.Module(readFileSync(`${paths.output}/core.wasm`));
  expect(WebAssembly.Module.exports(wasm).map(({ name }) => name)).toContain("half");
  const types = readFileSync(`${paths.output}/exports.d.ts`, "utf8");
  expect(types).toContain("export function half(x: number): number;");
  expect(readdirSync(paths.output).sort()).toEqual(["core.wasm", "exports.d.ts"]);
  expect(await buildCore(paths)).toBe(false);
});

test("a source that does not compile leaves the last build in place", async () => {
  writeFileSync(`${paths.sources}/inner/half.ts`, "export function half(: f64 {\n");
  await expect(buildCore(paths)).rejects.toThrow("Cannot compile the core: ERROR TS");
  expect(readFileSync(`${paths.output}/core.wasm`, "utf8")).toBe("");
  expect(readdirSync(paths.output).sort()).toEqual(["core.wasm", "exports.d.ts"]);
});
