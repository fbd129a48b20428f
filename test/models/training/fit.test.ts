import { expect, test } from "vitest";
import { Scorer } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { artifactSchema } from "../../../models/artifact/artifact.ts";
import { fitModel, type FitOptions } from "../../../models/training/fit.ts";
import { barCount, type BarSequence } from "../../../models/training/sequences.ts";
import { flattenBars, hmmResult, randomBars } from "../../core-wasm/support.ts";

const SEQUENCES = [1_500, 900].map((count, i) => ({
  start: Date.UTC(2024, i, 1),
  bars: flattenBars(randomBars(count, i + 1)),
}));

const OPTIONS: FitOptions & { readonly created: Date } = {
  sequences: SEQUENCES,
  symbol: "TESTUSDT",
  market: "spot",
  seed: 1,
  contamination: 0.04,
  states: 3,
  window: 12,
  created: new Date(0),
};

const fitted = fitModel(OPTIONS);

test("a fit is a valid artifact with its training record", async () => {
  const artifact = await fitted;
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

test("states are in ascending order of mean momentum", async () => {
  for (const states of [2, 4]) {
    const { hmm } = await fitModel({ ...OPTIONS, states });
    const momentum = hmm.means.map((mean) => mean[0] ?? NaN);
    expect(momentum).toEqual([...momentum].sort((a, b) => a - b));
    expect(hmm.labels).toHaveLength(states);
  }
});

/** The live scorer's output for a model's training bars, each sequence in a slot of its own. */
function scoreLive(
  artifact: Awaited<ReturnType<typeof fitModel>>,
  sequences: readonly BarSequence[],
) {
  const scorer = Scorer.create(loadCore(), [artifact], sequences.length);
  let [logLikelihood, anomalies, bars] = [0, 0, 0];
  for (const { bars: values } of sequences) {
    const slot = scorer.addSymbol();
    for (let at = 0; at < values.length; at += 5) {
      const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values.slice(
        at,
        at + 5,
      );
      scorer.step(slot, { open, high, low, close, volume });
      const result = hmmResult(scorer, 0);
      logLikelihood += result.logLikelihood;
      anomalies += Number(result.isAnomaly);
      bars++;
    }
  }
  return { logLikelihood: logLikelihood / bars, anomalyRate: anomalies / bars, bars };
}

test("a model is fitted on the features that the live scorer computes", async () => {
  const artifact = await fitted;
  const live = scoreLive(artifact, SEQUENCES);
  expect(live.bars).toBe(SEQUENCES.reduce((sum, sequence) => sum + barCount(sequence), 0));
  expect(live.logLikelihood).toBeCloseTo(
    artifact.scorecard.in_sample?.log_likelihood_per_bar ?? NaN,
    12,
  );
  expect(live.anomalyRate).toBe(artifact.scorecard.in_sample?.anomaly_rate);
});

test("no feature spans a gap: the price level after it does not matter", async () => {
  const [first, second] = SEQUENCES;
  if (first === undefined || second === undefined) throw new Error("missing sequence");
  // Doubling is exact, and features do not depend on the unit of the price.
  const bars = second.bars.map((value, i) => (i % 5 === 4 ? value : 2 * value));
  const one = await fitted;
  const two = await fitModel({ ...OPTIONS, sequences: [first, { ...second, bars }] });
  expect(two.hmm).toEqual(one.hmm);
  expect(two.forest).toEqual(one.forest);
  const { start } = first;
  const joined = Float64Array.of(...first.bars, ...bars);
  const bridged = await fitModel({ ...OPTIONS, sequences: [{ start, bars: joined }] });
  expect(bridged.hmm).not.toEqual(one.hmm);
});

test("labels follow the parameters, independent of the order of the fitted states", async () => {
  const labelsOf = ({ hmm }: Awaited<typeof fitted>) =>
    hmm.labels.map((label, k) => [label, hmm.means[k]?.[0] ?? NaN] as const);
  const reference = labelsOf(await fitted);
  for (const seed of [2, 3, 4]) {
    const other = labelsOf(await fitModel({ ...OPTIONS, seed }));
    for (const [k, [label, mean]] of other.entries()) {
      expect(label).toBe(reference[k]?.[0]);
      expect(mean).toBeCloseTo(reference[k]?.[1] ?? NaN, 2);
    }
  }
});

test("the same bars and seed give the same model, another seed a different forest", async () => {
  const one = await fitted;
  expect(await fitModel(OPTIONS)).toEqual(one);
  const other = await fitModel({ ...OPTIONS, seed: 2 });
  expect(other.forest.trees).not.toEqual(one.forest.trees);
});

test("progress is reported from the first stage to the end", async () => {
  const seen: [string, number, number][] = [];
  await fitModel({ ...OPTIONS, onProgress: (...step) => seen.push(step) });
  expect(seen[0]).toEqual(["Isolation Forest", 0, 1]);
  expect(seen.at(-1)?.slice(1)).toEqual([12, 12]);
});

test("less than a day of bars is refused", async () => {
  const sequences = [{ start: 0, bars: flattenBars(randomBars(100, 1)) }];
  await expect(fitModel({ ...OPTIONS, sequences })).rejects.toThrow(
    "Cannot fit a classic model as its bars must be at least 1440: " +
      "current value is 100",
  );
  await expect(fitModel({ ...OPTIONS, sequences: [] })).rejects.toThrow("current value is 0");
});
