/**
 * Ends the process in one line where the build is missing. It is imported before all others, as
 * modules of the service load the core when they are evaluated.
 */
import { existsSync } from "node:fs";
import process from "node:process";

for (const path of ["core-wasm/core.wasm", "service/dashboard/dist/index.html"]) {
  if (existsSync(new URL(`../${path}`, import.meta.url))) continue;
  process.stderr.write(`Cannot start as ${path} must be built: run deno task build\n`);
  process.exit(1);
}
