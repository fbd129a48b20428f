/** `deno task notebooks`: executes the notebooks, without a browser, and keeps their outputs. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand, filesOption, runCommand } from "../data/common/command.ts";
import { findPython, KernelFolder } from "./support/jupyter.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

function allNotebooks(): readonly string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb")).sort()
    .map((name) => join(FOLDER, name));
}

async function run({ only }: { readonly only?: readonly string[] }): Promise<void> {
  const python = findPython(["jupyter_client", "nbformat"]);
  using kernel = new KernelFolder();
  const { success } = await new Deno.Command(python, {
    args: [join(FOLDER, "run.py"), ...(only ?? allNotebooks())],
    env: { ...kernel.environment(), PYTHONDONTWRITEBYTECODE: "1" },
  }).spawn().status;
  if (!success) throw new Error("Cannot keep the outputs of all notebooks as some failed");
}

const command = defineCommand(
  "notebooks",
  "Executes the notebooks with this Deno as the kernel and writes their outputs into them. Fails " +
    "on an error in a cell, a lost output, or a cell that takes longer than five minutes.",
)
  .addOption(filesOption("--only <file...>", "these notebooks (default: all in notebooks/)"))
  .action(run);

await runCommand(command);
