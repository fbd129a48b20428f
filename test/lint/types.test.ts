/** The compiler options of the server and of the page, on planted violations. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const configuration = z.object({ workspace: z.array(z.string()), compilerOptions: z.unknown() });

/** Checks a file in a project with these compiler options, and gives what is wrong with it. */
function check(path: string, text: string): string {
  const root = temporaryFolder();
  const options = configuration.parse(JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")));
  writeFileSync(join(root, "deno.json"), JSON.stringify(options));
  for (const member of options.workspace) {
    mkdirSync(join(root, member), { recursive: true });
    copyFileSync(join(ROOT, member, "deno.json"), join(root, member, "deno.json"));
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  const { status, stderr } = spawnSync(process.execPath, ["check", "--quiet", path], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(status).toBe(stderr === "" ? 0 : 1);
  return stderr;
}

test("the server knows nothing of a page", () => {
  expect(check("service/serve/x.ts", "export const title: string = document.title;"))
    .toContain("Cannot find name 'document'");
  expect(check("service/serve/x.ts", "export const args: string[] = Deno.args;")).toBe("");
});

test("the page knows nothing of Deno", () => {
  expect(check("service/dashboard/x.ts", "export const args: string[] = Deno.args;"))
    .toContain("Cannot find name 'Deno'");
  expect(check("service/dashboard/x.ts", "export const title: string = document.title;")).toBe("");
});
