import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { readEnvironment } from "../../data/common/environment.ts";
import { SETTINGS } from "../../data/common/settings.ts";

/** How to get Jupyter where it is missing. */
const INSTALL = "Cannot find Jupyter: install it with `python3 -m venv .venv && .venv/bin/pip " +
  "install -r notebooks/requirements.txt` and set PYTHON=.venv/bin/python, or on Debian and " +
  "Ubuntu with `sudo apt-get install jupyter-notebook jupyter-nbconvert jupyter-client`";

/** Debian's packages belong to the system's Python, which may not be the first on the path. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/**
 * A Python that has certain modules: the one that PYTHON names, else the first that has them.
 *
 * @throws Error with the commands that install them when there is none.
 */
export function findPython(modules: readonly string[]): string {
  const given = readEnvironment().find(SETTINGS.python);
  const found = (given === undefined ? PYTHONS : [given]).find((python) =>
    spawnSync(python, ["-c", `import ${modules.join(", ")}`]).status === 0
  );
  if (found === undefined) throw new Error(INSTALL);
  return found;
}

/** A folder with a kernel spec of this very Deno; it is gone when the owner disposes of it. */
export class KernelFolder implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), "microstream-jupyter-"));

  constructor() {
    const folder = join(this.#path, "kernels", "deno");
    mkdirSync(folder, { recursive: true });
    const spec = {
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
      env: { NO_COLOR: "1" },
    };
    writeFileSync(join(folder, "kernel.json"), JSON.stringify(spec));
  }

  /** The environment in which Jupyter finds the kernel, before any of the user's own. */
  environment(): Record<string, string> {
    const { JUPYTER_PATH } = process.env;
    return { JUPYTER_PATH: [this.#path, ...(JUPYTER_PATH ? [JUPYTER_PATH] : [])].join(delimiter) };
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}
