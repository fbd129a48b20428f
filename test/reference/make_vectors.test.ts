import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { pythonTest } from "../support/python.ts";

pythonTest(
  "the golden vectors equal the output of scikit-learn, hmmlearn and forecast_model.py",
  (python) => {
    const script = fileURLToPath(new URL("./make_vectors.py", import.meta.url));
    const { stdout, stderr } = spawnSync(python, ["-B", script, "--check"], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  },
);
