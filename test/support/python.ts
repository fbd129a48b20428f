import { spawnSync } from "node:child_process";
import { test } from "vitest";
import { readEnvironment } from "../../data/common/environment.ts";
import { SETTINGS } from "../../data/common/settings.ts";

function findPython(): string | undefined {
  const given = readEnvironment().find(SETTINGS.python);
  if (given !== undefined) return given;
  return spawnSync("python3", ["-c", "import hmmlearn, sklearn"]).status === 0
    ? "python3"
    : undefined;
}

/**
 * The interpreter for tests that need scikit-learn and hmmlearn: the one that PYTHON names, which
 * then must have them, else python3 when it has them.
 */
export const python = findPython();

/** Why a test is skipped without it. */
export const NO_PYTHON = "skipped: python3 has no scikit-learn and hmmlearn; see PYTHON";

/** A test that runs Python; without it, it is skipped, and its name says why. */
export function pythonTest(name: string, run: (python: string) => void | Promise<void>) {
  if (python !== undefined) test(name, () => run(python));
  else test.skip(`${name} (${NO_PYTHON})`, () => {});
}
