import { expect, test } from "vitest";
import { filterRows, scoreRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { classicLabels } from "../../models/artifact/labels.ts";
import { readImportVectors } from "./vectors.ts";

const vectors = readImportVectors();

test.each(vectors)("an imported model gives the output that it gave in Python: $name", (vector) => {
  const { forest, hmm, scorecard, training } = requireHmm(
    parseArtifact(JSON.stringify(vector.artifact), "x"),
  );
  expect(hmm.labels).toEqual(classicLabels(hmm.startprob.length));
  expect(training.origin).toBe("imported");
  expect(scorecard).toEqual({});

  const rows = Float64Array.from(vector.rows);
  const scores = scoreRows(loadCore(), forest, rows, 3);
  for (const [i, score] of scores.entries()) {
    expect(Math.abs(score - (vector.scores[i] ?? NaN))).toBeLessThanOrEqual(1e-15);
  }
  expect(Array.from(scores, (score) => score < forest.offset)).toEqual(vector.is_anomaly);

  const { posteriors, logLikelihoods } = filterRows(loadCore(), hmm, rows, [scores.length]);
  const total = logLikelihoods.reduce((sum, value) => sum + value, 0);
  expect(Math.abs(total / vector.log_likelihood - 1)).toBeLessThan(1e-9);
  for (const [k, p] of posteriors.subarray(-hmm.startprob.length).entries()) {
    expect(Math.abs(p - (vector.filtered[k] ?? NaN))).toBeLessThan(1e-12);
  }
});

test("without a contamination the offset is scikit-learn's -0.5", () => {
  const artifacts = vectors.map((vector) =>
    requireHmm(parseArtifact(JSON.stringify(vector.artifact), "x"))
  );
  const auto = artifacts.filter(({ forest }) => forest.contamination === "auto");
  expect(auto.map(({ forest }) => forest.offset)).toEqual([-0.5]);
});
