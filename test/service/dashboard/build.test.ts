import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const DIST = new URL("../../../service/dashboard/dist/", import.meta.url);

test("the bundle contains no descriptions of the schemas", () => {
  const names = readdirSync(DIST).filter((name) => /^app-.*\.js$/.test(name));
  expect(names).toHaveLength(1);
  for (const name of names) {
    const code = readFileSync(new URL(name, DIST), "utf8");
    expect(code).toContain("repaired_trades");
    expect(code).not.toMatch(/x-metric|x-keys|Filtered posterior/);
  }
});
