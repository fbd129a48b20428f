import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const DOCUMENTS = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...readdirSync("docs").filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
];

/** A document without its code blocks, in which nothing is a link or a heading. */
function prose(path: string): string {
  return readFileSync(path, "utf8").replace(/^```[^]*?^```/gm, "");
}

/** The anchors that a document's headings have. */
function anchors(path: string): string[] {
  return [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

test("every link within the repository leads to a file, and to a heading of it", () => {
  const broken = DOCUMENTS.flatMap((document) =>
    [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [file = "", anchor] = link.split("#");
      const path = file === "" ? document : join(dirname(document), file);
      const found = existsSync(path) && (anchor === undefined || anchors(path).includes(anchor));
      return found ? [] : [`${document}: ${link}`];
    })
  );
  expect(broken).toEqual([]);
});

test("every task that a document names exists", () => {
  const { tasks } = z.object({ tasks: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync("deno.json", "utf8")));
  const unknown = DOCUMENTS.flatMap((document) =>
    [...readFileSync(document, "utf8").matchAll(/deno task ([a-z][\w:-]*)/g)]
      .filter(([, task = ""]) => !(task in tasks))
      .map(([, task]) => `${document}: ${task}`)
  );
  expect(unknown).toEqual([]);
});

test("the README fits on 150 lines", () => {
  expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThanOrEqual(151);
});
