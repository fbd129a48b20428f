import { readFileSync } from "node:fs";

let compiled: WebAssembly.Module | undefined;

/**
 * The core, compiled once a process, for Deno and Node. A browser fetches core.wasm itself.
 *
 * @throws Error when core.wasm is not there: `deno task build` makes it.
 */
export function loadCore(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./core.wasm", import.meta.url)));
  return compiled;
}
