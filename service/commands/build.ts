/** `deno task build`: compiles and bundles what is stale. */
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand } from "../../data/common/command.ts";
import { buildWhatIsStale } from "../builds.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

await runCommand(
  defineCommand(
    "build",
    "Compiles the WebAssembly core and bundles the dashboard, each only when a source is newer " +
      "than its output.",
  ).action(() => buildWhatIsStale(ROOT)),
);
