import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findPython } from "../../notebooks/support/jupyter.ts";

const RUN = fileURLToPath(new URL("../../notebooks/run.ts", import.meta.url));
const STORE = fileURLToPath(new URL("../../data/store", import.meta.url));
const SHOW = new URL("../../notebooks/support/show.ts", import.meta.url).href;
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

const hasJupyter = (() => {
  try {
    return findPython(["jupyter_client", "nbformat"]) !== "";
  } catch {
    return false;
  }
})();

const notebookSchema = z.looseObject({
  cells: z.array(z.looseObject({
    execution_count: z.number().nullable(),
    outputs: z.array(z.looseObject({ output_type: z.string() })),
  })),
});

const IMPORT = `import { say } from ${JSON.stringify(SHOW)};`;

/** Runs a notebook of a first cell, which imports say() unless given, and some more cells. */
function run(cells: readonly string[], env: Record<string, string> = {}, first = IMPORT) {
  // Within the project, so that the kernel finds its packages, where git ignores it.
  mkdirSync(STORE, { recursive: true });
  const folder = mkdtempSync(join(STORE, "notebook-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "test.ipynb");
  writeFileSync(
    path,
    JSON.stringify({
      cells: [first, ...cells].map((source, i) => ({
        cell_type: "code",
        execution_count: null,
        id: `cell-${i}`,
        metadata: {},
        outputs: [],
        source,
      })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  const { status, stderr } = spawnSync(
    Deno.execPath(),
    ["run", "-A", "--config", CONFIG, RUN, "--only", path],
    { encoding: "utf8", env: { ...process.env, ...env, NO_COLOR: "1" } },
  );
  const written = notebookSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  return { status, stderr, cells: written.cells.slice(1) };
}

const SKIP = "skipped: python3 has no jupyter_client and nbformat; see PYTHON";

function jupyterTest(name: string, check: () => void) {
  if (hasJupyter) test(name, check);
  else test.skip(`${name} (${SKIP})`, () => {});
}

describe("the notebook runner", () => {
  jupyterTest("writes every output, in order, and numbers the cells", () => {
    const texts = Array.from({ length: 30 }, (_, i) => `output ${i}`);
    const { status, cells } = run([
      `for (const text of ${JSON.stringify(texts)}) await say(text);`,
      `await say("last");`,
    ]);
    expect(status).toBe(0);
    expect(cells[0]?.outputs.map((output) => output["data"])).toEqual(
      texts.map((text) => ({ "text/markdown": [text], "text/plain": [text] })),
    );
    expect(cells[1]?.outputs).toHaveLength(1);
    expect(cells.map((cell) => cell.execution_count)).toEqual([2, 3]);
  });

  jupyterTest("keeps outputs that are published after the cell is done", () => {
    const { status, cells } = run([
      `const raw = Deno.jupyter.broadcast;
       Deno.jupyter.broadcast = async (...message) => {
         await new Promise((resolve) => setTimeout(resolve, 100));
         return await raw(...message);
       };
       void await Promise.all([say("a"), say("b")]);`,
    ]);
    expect(status).toBe(0);
    expect(cells[0]?.outputs).toHaveLength(2);
  });

  jupyterTest("writes the same file in two runs", () => {
    const cells = [`await say(String(6 * 7));`];
    expect(run(cells).cells).toEqual(run(cells).cells);
  });

  const failures: readonly [string, string, RegExp][] = [
    ["an error", `throw new TypeError("no such bar");`, /cell 2: TypeError: no such bar/],
    ["a lost output", `void globalThis.microstreamOutputs.shown++;`, /0 of 1 outputs arrived/],
    [
      "an unhandled rejection",
      `Promise.reject(new Error("unhandled")); await say("continues");`,
      /unhandled promise rejection: Error: unhandled/,
    ],
    ["a value on the last line", `6 * 7`, /use show\(\)/],
    ["a kernel that dies", `Deno.exit(3);`, /kernel died/],
  ];
  for (const [name, cell, message] of failures) {
    jupyterTest(`fails on ${name}, and leaves the notebook unchanged`, () => {
      const { status, stderr, cells } = run([cell]);
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
      expect(cells[0]?.outputs).toEqual([]);
    });
  }

  jupyterTest("fails on a cell that never ends", () => {
    // Without the import, which takes its time on a slow machine, any limit will do.
    const endless = "await new Promise(() => setInterval(() => {}, 1e3));";
    const { status, stderr } = run([], { NOTEBOOK_CELL_TIMEOUT: "2" }, endless);
    expect(stderr).toContain("cell 1: not done after 2 s");
    expect(status).toBe(1);
  });

  test("says in one line how to install Jupyter where it is missing", () => {
    const { status, stderr } = run([], { PYTHON: "/bin/false" });
    expect(status).toBe(1);
    expect(stderr).toContain("pip install -r notebooks/requirements.txt");
    expect(stderr).toContain("apt-get install");
    expect(stderr.trim()).not.toContain("\n");
  });
});
