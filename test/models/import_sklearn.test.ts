import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { pythonTest } from "../support/python.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function run(python: string, script: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(python, ["-B", script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function makePickles(python: string): string {
  const folder = temporaryFolder();
  const made = run(python, "test/reference/make_pickles.py", [folder]);
  expect(made).toMatchObject({ status: 0, stderr: "" });
  return folder;
}

pythonTest("pickled models become an artifact", (python) => {
  const folder = makePickles(python);
  const out = join(folder, "mine.json");
  const { status, stdout, stderr } = run(python, "models/import_sklearn.py", [
    ...["--forest", join(folder, "isolation_forest.pkl")],
    ...["--hmm", join(folder, "hmm_regime.pkl")],
    ...["--out", out, "--name", "mine", "--window", "30"],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe(
    "mine: 5 trees, regimes Bearish Extreme, Normal Market, Bullish Extreme\n",
  );
  const artifact = requireHmm(parseArtifact(readFileSync(out, "utf8"), out));
  expect(artifact).toMatchObject({
    name: "mine",
    features: { windows: { rolling: 30 } },
    forest: { max_samples: 16, contamination: 0.05 },
    training: { origin: "imported" },
  });
  const momentum = artifact.hmm.means.map(([mean]) => mean ?? NaN);
  expect(momentum).toEqual([...momentum].sort((a, b) => a - b));
});

/** Imports pickles of a folder, and reads the artifact as the service does. */
function importPickles(python: string, folder: string, forest: string, hmm: string) {
  const out = join(folder, `${forest}-${hmm}.json`);
  const { status, stderr } = run(python, "models/import_sklearn.py", [
    ...["--forest", join(folder, `${forest}.pkl`), "--hmm", join(folder, `${hmm}.pkl`)],
    ...["--out", out],
  ]);
  expect({ forest, hmm, status }).toEqual({ forest, hmm, status: 0 });
  return { artifact: requireHmm(parseArtifact(readFileSync(out, "utf8"), out)), stderr };
}

pythonTest("columns with names are taken by name, in any order", (python) => {
  const folder = makePickles(python);
  const features = (forest: string) => {
    const { artifact, stderr } = importPickles(python, folder, forest, "hmm_regime");
    return { features: artifact.forest.trees.map(({ feature }) => feature), stderr };
  };
  const named = features("named_forest");
  expect(named.stderr).toBe("");
  const turned = features("turned_forest");
  const places = [1, 2, 0];
  expect(turned.features).toEqual(
    named.features.map((tree) => tree.map((feature) => places[feature] ?? feature)),
  );
  expect(turned.stderr).toContain("are volatility_proxy, activity_ratio, momentum; the hidden");
  expect(features("few_columns_forest").features).toHaveLength(5);
});

pythonTest("parameters that were set by hand are imported", (python) => {
  const folder = makePickles(python);
  const { artifact } = importPickles(python, folder, "isolation_forest", "hand_made_hmm");
  expect(artifact.hmm.labels).toEqual(["Bearish", "Bullish"]);
});

pythonTest("invalid input is refused in one line with exit code 2", (python) => {
  const folder = makePickles(python);
  const before = readdirSync(folder).sort();
  const cases: [Record<string, string>, string][] = [
    [{ forest: "none.pkl" }, "there is no such file"],
    [{ forest: "text.pkl" }, "text.pkl: must be a pickle that scikit-learn"],
    [{ forest: "text.pkl" }, "it is not a pickle, or it is damaged"],
    [{ forest: "empty.pkl" }, "it is empty"],
    [{ forest: "git_lfs.pkl" }, "it is a Git LFS pointer, not the file itself; get the file with"],
    [{ hmm: "foreign.pkl" }, "it needs the Python package no_such_package, which is not installed"],
    [{ forest: "foreign_forest.pkl" }, "activity_ratio: its columns are rsi, macd, volume"],
    [{ forest: "warm_forest.pkl" }, "trees of at most max_samples, 16, samples: one has 64"],
    [{ forest: "single_sample_forest.pkl" }, "at least 2 samples a tree: max_samples is 1"],
    [{ hmm: "hand_made_narrow_hmm.pkl" }, "activity_ratio: it was trained on 2 features"],
    [
      { hmm: "hand_made_uneven_hmm.pkl" },
      "covars_ must have the shape (2, 3, 3): it has (1, 3, 3)",
    ],
    [{ hmm: "hand_made_tiny_hmm.pkl" }, "variances in covars_ must be at least 1e-12"],
    [{ hmm: "hand_made_far_hmm.pkl" }, "means_ must be from -1e+06 to 1e+06"],
    [{ hmm: "hand_made_skewed_hmm.pkl" }, "covars_ must be symmetric"],
    [{ forest: "dictionary.pkl" }, "must contain one IsolationForest: it contains one dict"],
    [{ forest: "hmm_regime.pkl" }, "must contain one IsolationForest: it contains one GaussianHMM"],
    [{ forest: "untrained_forest.pkl" }, "must be trained: it has no parameters"],
    [{ forest: "narrow_forest.pkl" }, "must be trained on momentum, volatility_proxy, activity"],
    [{ hmm: "untrained_hmm.pkl" }, "must be trained: it has no parameters"],
    [{ hmm: "large_hmm.pkl" }, "must have at most 8 states: it has 9"],
    [{ hmm: "broken_hmm.pkl" }, "means_ must be finite numbers"],
    [{ out: "no/x.json" }, "--out cannot be written"],
    [{ out: "." }, "--out must be a file and no folder"],
    [{ out: "isolation_forest.pkl" }, "--out must not be an input"],
    [{ out: "../" + basename(folder) + "/hmm_regime.pkl" }, "--out must not be an input"],
    [{ out: "text.pkl" }, "--out must be a new file or a model, which is replaced"],
    [{ name: "A B" }, "--name: must be a lower-case letter, then up to 31 lower-case letters"],
    [{ window: "1" }, "--window: must be a whole number from 2 to 10080"],
  ];
  for (const [change, message] of cases) {
    const given = {
      forest: "isolation_forest.pkl",
      hmm: "hmm_regime.pkl",
      out: "x.json",
      ...change,
    };
    const args = Object.entries(given).flatMap(([option, value]) => [
      `--${option}`,
      ["forest", "hmm", "out"].includes(option) ? join(folder, value) : value,
    ]);
    const { status, stdout, stderr } = run(python, "models/import_sklearn.py", args);
    expect({ message, status, stdout }).toEqual({ message, status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim()).not.toContain("\n");
  }
  expect(readdirSync(folder).sort()).toEqual(before);
});

pythonTest("help is printed", (python) => {
  const { status, stdout } = run(python, "models/import_sklearn.py", ["--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain("--forest");
});
