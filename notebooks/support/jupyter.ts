import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Said when Python has no Jupyter. */
const INSTALL = `There is no Jupyter. One of these installs it:
  python3 -m venv .venv && .venv/bin/pip install -r notebooks/requirements.txt   # then PYTHON=.venv/bin/python
  sudo apt-get install jupyter-notebook jupyter-nbconvert jupyter-client         # Debian, Ubuntu`;

/** Debian's packages belong to the system's Python, which need not be the first on the path. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/**
 * The Python that has certain modules: the one that PYTHON names, else the first at hand.
 *
 * @throws Error with the commands that install them when there is none.
 */
export function findPython(modules: readonly string[]): string {
  const { PYTHON } = process.env;
  const found = (PYTHON ? [PYTHON] : PYTHONS).find((python) =>
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
