/** `deno task docs`: writes what is generated into the documents, between its markers. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GENERATED } from "./generated.ts";

for (const { path, render } of GENERATED) {
  const file = fileURLToPath(new URL(path, import.meta.url));
  writeFileSync(file, render(readFileSync(file, "utf8")));
}
