/** `deno task jupyter`: starts Jupyter where its Deno kernel is this very Deno. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findPython, KernelFolder } from "./support/jupyter.ts";
import { errorMessage } from "../data/common/errors.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** JupyterLab, or, as Debian has it, the older Notebook. */
function findProgram(): { readonly python: string; readonly program: string } {
  try {
    return { python: findPython(["jupyterlab"]), program: "jupyterlab" };
  } catch {
    return { python: findPython(["notebook"]), program: "notebook" };
  }
}

try {
  const { python, program } = findProgram();
  using kernel = new KernelFolder();
  const child = new Deno.Command(python, {
    args: ["-m", program, ...process.argv.slice(2)],
    cwd: FOLDER,
    env: kernel.environment(),
  }).spawn();
  // The terminal tells Jupyter of Ctrl-C too, and it asks; this process lives until it has ended.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  const { code } = await child.status;
  process.exitCode = code;
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}
