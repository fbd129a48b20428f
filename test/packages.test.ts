/**
 * Two sets of packages: what commands run (deno.serve.json), and with tests, checks and notebooks
 * (deno.json). They share node_modules, so they must agree.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import process from "node:process";
import { expect, test } from "vitest";
import { z } from "zod";

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

const imports = z.object({ imports: z.record(z.string(), z.string()) });
const lock = z.object({ npm: z.record(z.string(), z.unknown()) });
const tasks = z.object({ tasks: z.record(z.string(), z.object({ command: z.string() })) });
const graph = z.object({
  modules: z.array(z.object({
    dependencies: z.optional(z.array(z.object({
      code: z.optional(z.object({ error: z.optional(z.string()) })),
    }))),
  })),
});

test("both sets have the same versions", () => {
  const all = imports.parse(read("deno.json")).imports;
  expect(all).toMatchObject(imports.parse(read("deno.serve.json")).imports);
  expect(lock.parse(read("deno.lock")).npm)
    .toMatchObject(lock.parse(read("deno.serve.lock")).npm);
});

/** Scripts of the tasks that install the smaller set, and modules that workers run. */
function entries(): readonly string[] {
  const commands = Object.values(tasks.parse(read("deno.json")).tasks)
    .map(({ command }) => command).filter((command) => command.includes("deno.serve.json"));
  const scripts = commands.map((command) => command.split(" ").at(-1) ?? "");
  const workers = globSync("{service,models,data}/**/*worker.ts");
  return [...scripts, ...workers, "service/main.ts", "service/dashboard/build.ts"];
}

test.each(entries())("%s needs no package beyond the smaller set", (entry) => {
  const args = ["info", "--json", "--config", "deno.serve.json", entry];
  const { modules } = graph.parse(JSON.parse(execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })));
  const errors = modules.flatMap(({ dependencies = [] }) =>
    dependencies.flatMap(({ code }) => code?.error ?? [])
  );
  expect([modules.length > 0, errors]).toEqual([true, []]);
});
