import { readFileSync } from "node:fs";

let compiled: WebAssembly.Module | undefined;

/**
 * The core, compiled once per process, for Deno and Node. A browser fetches core.wasm itself.
 *
 * @throws Error when core.wasm is missing: `deno task build` compiles it.
 */
export function loadCore(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./core.wasm", import.meta.url)));
  return compiled;
}
