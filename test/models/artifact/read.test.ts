import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  ArtifactError,
  fingerprint,
  formatArtifact,
  parseArtifact,
  requireHmm,
} from "../../../models/artifact/read.ts";
import { damaged } from "./damage.ts";

const SHIPPED = readFileSync(new URL("../../../models/classic.json", import.meta.url), "utf8");

const damage = (path: readonly (string | number)[], value?: unknown) =>
  damaged(SHIPPED, path, value);

test("the shipped model is valid, small, and in canonical order", () => {
  const artifact = requireHmm(parseArtifact(SHIPPED, "models/classic.json"));
  expect(SHIPPED.length).toBeLessThan(700_000);
  expect(artifact.name).toBe("classic");
  expect(artifact.hmm.labels).toEqual(["Bearish Extreme", "Normal Market", "Bullish Extreme"]);
  const momentum = artifact.hmm.means.map((mean) => mean[0] ?? NaN);
  expect(momentum).toEqual([...momentum].sort((a, b) => a - b));
  expect(artifact.training).toMatchObject({ symbol: "BTCUSDT", rows: 609_757, sequences: 12 });
  expect(artifact.scorecard.fit?.converged).toBe(true);
});

test("what is written is read back, with a tree on a line", () => {
  const artifact = parseArtifact(SHIPPED, "x");
  const text = formatArtifact(artifact);
  expect(parseArtifact(text, "x")).toEqual(artifact);
  expect(text).toBe(SHIPPED);
  expect(text.split("\n").length).toBeLessThan(300);
});

test.each<[string, readonly (string | number)[], unknown]>([
  ["schema: Invalid input: expected 1", ["schema"], 2],
  ["name: must be a lower-case letter", ["name"], "My Model"],
  ["created: Invalid ISO datetime", ["created"], "yesterday"],
  ["features.preset: Invalid", ["features", "preset"], "mine"],
  ['features.names[1]: Invalid input: expected "volatility_proxy"', ["features", "names", 1], "x"],
  ["features.windows.rolling: Too small", ["features", "windows", "rolling"], 1],
  ["forest: Invalid input: expected object, received undefined", ["forest"], undefined],
  ["forest.contamination: Too big: expected number to be <=0.5", ["forest", "contamination"], 0.6],
  ["forest.contamination: must be a number above 0, at most 0.5", ["forest", "contamination"], "x"],
  ["forest.offset: Too big", ["forest", "offset"], 0.5],
  ["forest.trees: Too small", ["forest", "trees"], []],
  ["forest.trees[3].threshold: must have", ["forest", "trees", 3, "threshold"], [0]],
  ["forest.trees[3].threshold[0]: Invalid input: expected number, received null", [
    "forest",
    "trees",
    3,
    "threshold",
    0,
  ], null],
  ["forest.trees[2].left[0]: must be a node from 1 to", ["forest", "trees", 2, "left", 0], 0],
  ["forest.trees[2].right[0]: must be a node from 1 to", ["forest", "trees", 2, "right", 0], 999],
  ["forest.trees[2]: each node except the first", ["forest", "trees", 2, "right", 0], 1],
  ["forest.trees[0].feature[0]: must be -2 at a leaf, otherwise 0 to 2: current value is 3", [
    "forest",
    "trees",
    0,
    "feature",
    0,
  ], 3],
  ["hmm.startprob: must sum to 1: current sum is 0.9", ["hmm", "startprob"], [
    0.4,
    0.4,
    0.1,
  ]],
  ["hmm.transmat[1]: must sum to 1", ["hmm", "transmat", 1, 1], 0.9],
  ["hmm.transmat[0][0]: Too small", ["hmm", "transmat", 0, 0], -0.1],
  ["hmm.transmat: must have 3 elements: current value is 2", ["hmm", "transmat"], [[0.5, 0.5, 0], [
    1,
    0,
    0,
  ]]],
  ["hmm.means[1]: must have 3 elements: current value is 2", ["hmm", "means", 1], [0, 0]],
  ["hmm.covars[2]: must be symmetric", ["hmm", "covars", 2, 0, 1], 0],
  ["hmm.covars[0]: must have variances of at least 1e-12", ["hmm", "covars", 0, 0, 0], -1],
  ["hmm.covars[0]: must be positive definite", ["hmm", "covars", 0, 0, 0], 0.001],
  ["hmm.covars[1][0][0]: Too big", ["hmm", "covars", 1, 0, 0], 1e300],
  ["hmm.means[0][1]: Too big", ["hmm", "means", 0, 1], 1e300],
  ["hmm.means[1][0]: must be in canonical order", ["hmm", "means", 0, 0], 0.5],
  ["forest.max_samples: Too small", ["forest", "max_samples"], 1],
  ["forest.trees[0].n_samples[0]: must be at most max_samples, 9", ["forest", "max_samples"], 9],
  ["forest.trees[1].n_samples[0]: must be its children's sum", [
    "forest",
    "trees",
    1,
    "n_samples",
    0,
  ], 7],
  ["hmm.covars[0][1]: must have 3 elements: current value is 2", ["hmm", "covars", 0, 1], [0, 0]],
  ['hmm.labels[2]: must have a unique key: current key is "normal_market"', [
    "hmm",
    "labels",
    2,
  ], "normal market"],
  ["training.sha256: must be 64 hexadecimal digits", ["training", "sha256"], "0"],
  ["training.origin: Invalid discriminator value. Expected 'fitted' | 'undefined' | 'imported'", [
    "training",
    "origin",
  ], "heaven"],
  ["training.forest_sha256: Invalid input: expected string", ["training", "origin"], "imported"],
  ["training.seed: Invalid input: expected number, received undefined", [
    "training",
    "seed",
  ], undefined],
])("a damaged artifact is refused in one line: %s", (message, path, value) => {
  const read = () => parseArtifact(damage(path, value), "dir/my.json");
  expect(read).toThrow(ArtifactError);
  expect(read).toThrow(`dir/my.json: ${message}`);
  expect(read).not.toThrow("\n");
});

test("an unknown field is refused", () => {
  expect(() => parseArtifact(damage(["forest", "ofset"], -0.5), "f")).toThrow(
    'f: forest: Unrecognized key: "ofset"',
  );
});

test.each(["", "{", "null", "[]", "\u0000\n\n", SHIPPED.slice(0, 5000)])(
  "a file that is not an artifact is refused in one line (%#)",
  (text) => {
    const read = () => parseArtifact(text, "f.json");
    expect(read).toThrow(ArtifactError);
    expect(read).toThrow(/^f\.json: [^\n]+$/);
  },
);

test("the fingerprint depends on what is computed, not on formatting or training time", () => {
  const own = fingerprint(SHIPPED);
  expect(own).toMatch(/^[0-9a-f]{12}$/);
  expect(fingerprint(JSON.stringify(JSON.parse(SHIPPED)))).toBe(own);
  expect(fingerprint(damage(["created"], "2020-01-01T00:00:00.000Z"))).toBe(own);
  expect(fingerprint(damage(["scorecard"], {}))).toBe(own);
  expect(fingerprint(damage(["name"], "mine"))).not.toBe(own);
  expect(fingerprint(damage(["forest", "offset"], -0.4))).not.toBe(own);
  expect(fingerprint(damage(["hmm", "means", 0, 0], -1.5))).not.toBe(own);
});
