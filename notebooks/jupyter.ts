/** `deno task jupyter`: starts Jupyter with this Deno as its kernel. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand } from "../data/common/command.ts";
import { findPython, KernelFolder } from "./support/jupyter.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** JupyterLab, or the older Notebook, which is what Debian has. */
function findProgram(): { readonly python: string; readonly program: string } {
  try {
    return { python: findPython(["jupyterlab"]), program: "jupyterlab" };
  } catch {
    return { python: findPython(["notebook"]), program: "notebook" };
  }
}

async function start(args: readonly string[]): Promise<void> {
  const { python, program } = findProgram();
  using kernel = new KernelFolder();
  const child = new Deno.Command(python, {
    args: ["-m", program, ...args],
    cwd: FOLDER,
    env: kernel.environment(),
  }).spawn();
  // Ctrl-C reaches Jupyter too, which asks before it ends; this process ends after it.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  const { code } = await child.status;
  process.exitCode = code;
}

const command = defineCommand(
  "jupyter",
  "Opens the notebooks in Jupyter with this Deno as the kernel.",
)
  .argument("[args...]", "arguments for Jupyter, such as -- --no-browser --port 8888")
  .allowUnknownOption()
  .action(start);

await runCommand(command);
