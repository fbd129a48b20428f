import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GENERATED } from "../../docs/generated.ts";

test.each(GENERATED)("docs/$path is as the code is; `deno task docs` updates it", (document) => {
  const text = readFileSync(join("docs", document.path), "utf8");
  expect(text).toBe(document.render(text));
});
