/** Compiles core-wasm/core.wasm when a source is newer than it. */
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as asc from "assemblyscript/asc";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = `${ROOT}core-wasm/core.wasm`;
const SOURCES = `${ROOT}core-wasm/assembly/`;
const CONFIG = `${ROOT}asconfig.json`;

function isStale(): boolean {
  const built = statSync(OUTPUT, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  const sources = readdirSync(SOURCES, { recursive: true }).map((name) => SOURCES + name);
  return [CONFIG, SOURCES, ...sources].some((path) => statSync(path).mtimeMs > built);
}

async function compile(): Promise<void> {
  const fresh = `core-wasm/core.${process.pid}.wasm`;
  const { error, stderr } = await asc.main(
    ["--baseDir", ROOT, "--config", CONFIG, "--target", "release", "--outFile", fresh],
  );
  if (error) {
    rmSync(ROOT + fresh, { force: true });
    console.error(stderr.toString());
    console.error("core-wasm: compilation failed");
    process.exit(1);
  }
  renameSync(ROOT + fresh, OUTPUT);
  console.log(`core-wasm: built core.wasm, ${statSync(OUTPUT).size} bytes`);
}

if (isStale()) await compile();
