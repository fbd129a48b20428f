/** `deno task notebooks`: executes the notebooks, without a browser, and keeps their outputs. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Arguments, runCommand, UsageError } from "../data/common/arguments.ts";
import { findPython, KernelFolder } from "./support/jupyter.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const HELP = `Usage: deno task notebooks [--only FILE...]

Executes the notebooks with this Deno as the kernel and writes their outputs into them. Fails on an
error in a cell, a lost output, or a cell that takes longer than five minutes.

  --only FILE...    these notebooks           all in notebooks/
  --help            this text

PYTHON names the Python that has Jupyter, where it is not python3.
`;

function findNotebooks(args: Arguments): readonly string[] {
  const given = args.list("only");
  const missing = given.find((path) => !existsSync(path));
  if (missing !== undefined) throw new UsageError(`there is no file ${missing}`);
  if (given.length > 0) return given;
  return readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb")).sort()
    .map((name) => join(FOLDER, name));
}

async function run(args: Arguments): Promise<void> {
  const notebooks = findNotebooks(args);
  const python = findPython(["jupyter_client", "nbformat"]);
  using kernel = new KernelFolder();
  const { success } = await new Deno.Command(python, {
    args: [join(FOLDER, "run.py"), ...notebooks],
    env: { ...kernel.environment(), PYTHONDONTWRITEBYTECODE: "1" },
  }).spawn().status;
  if (!success) throw new Error("Not all notebooks ran");
}

await runCommand(HELP, { only: "list" }, run);
