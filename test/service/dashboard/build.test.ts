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

test("the page names the licences of all that is bundled", () => {
  const page = readFileSync(new URL("index.html", DIST), "utf8");
  const name = /<link rel="license" href="\/assets\/(notices-[0-9A-F]{8}\.txt)">/.exec(page)?.[1];
  const [, ...packages] = readFileSync(new URL(name ?? "", DIST), "utf8")
    .split(/^-{80}\n/m);
  const names = packages.map((text) => text.trim().split(" ")[0]);
  expect(names).toEqual(expect.arrayContaining(["@observablehq/plot", "d3-scale", "zod"]));
  for (const text of packages) {
    expect(text).toMatch(
      /^\n\S+ \d+\.\d+\.\d+\S*\n\nLicence: \S+\n\n[^]*(?:copyright|permission)/i,
    );
  }
});
