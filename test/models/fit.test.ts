import { expect, test } from "vitest";
import { artifactSchema } from "../../models/schema/artifact.ts";
import { fitModel, type FitOptions } from "../../models/fit.ts";
import { flattenBars, randomBars } from "../core-wasm/support.ts";

const SEQUENCES = [1_500, 900].map((count, i) => ({
  start: Date.UTC(2024, i, 1),
  bars: flattenBars(randomBars(count, i + 1)),
}));

const OPTIONS: FitOptions = {
  preset: "classic",
  sequences: SEQUENCES,
  symbol: "TESTUSDT",
  market: "spot",
  seed: 1,
  contamination: 0.04,
  states: 3,
  window: 12,
};

test("a fit is a valid artifact that says what it was made of", async () => {
  const artifact = await fitModel(OPTIONS);
  expect(artifactSchema.parse(artifact)).toEqual(artifact);
  expect(artifact).toMatchObject({
    schema: 1,
    name: "classic",
    features: { windows: { rolling: 12 } },
    forest: { contamination: 0.04, max_samples: 256 },
    training: {
      symbol: "TESTUSDT",
      period: { from: "2024-01-01T00:00:00.000Z", to: "2024-02-01T14:59:00.000Z" },
      rows: 2_400,
      sequences: 2,
      seed: 1,
    },
  });
  expect(artifact.forest.trees).toHaveLength(100);
  expect(artifact.scorecard.in_sample?.anomaly_rate).toBeCloseTo(0.04, 10);
  expect(artifact.scorecard.fit?.restarts).toHaveLength(10);
});

test("states stand in the order of their mean momentum", async () => {
  for (const states of [2, 4]) {
    const { hmm } = await fitModel({ ...OPTIONS, states });
    const momentum = hmm.means.map((mean) => mean[0] ?? NaN);
    expect(momentum).toEqual([...momentum].sort((a, b) => a - b));
    expect(hmm.labels).toHaveLength(states);
  }
});

test("same bars and seed, same model; another seed, another forest", async () => {
  const { created: _, ...one } = await fitModel(OPTIONS);
  const { created: __, ...two } = await fitModel(OPTIONS);
  expect(one).toEqual(two);
  const other = await fitModel({ ...OPTIONS, seed: 2 });
  expect(other.forest.trees).not.toEqual(one.forest.trees);
});

test("progress is told from the first stage to the end", async () => {
  const seen: [string, number, number][] = [];
  await fitModel({ ...OPTIONS, onProgress: (...step) => seen.push(step) });
  expect(seen[0]).toEqual(["Isolation Forest", 0, 1]);
  expect(seen.at(-1)?.slice(1)).toEqual([12, 12]);
});

test("less than a day of bars is refused", async () => {
  const sequences = [{ start: 0, bars: flattenBars(randomBars(100, 1)) }];
  await expect(fitModel({ ...OPTIONS, sequences })).rejects.toThrow(
    "Cannot fit a classic model on 100 bars beyond its warm-up: at least 1440 are needed",
  );
  await expect(fitModel({ ...OPTIONS, sequences: [] })).rejects.toThrow("on 0 bars");
});
