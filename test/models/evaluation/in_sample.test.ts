import { expect, test } from "vitest";
import { measureInSample } from "../../../models/evaluation/in_sample.ts";
import { formatScorecard } from "../../../models/report/scorecard.ts";

const HMM = {
  startprob: [0.5, 0.5],
  transmat: [[0.75, 0.25], [0.5, 0.5]],
  means: [[0], [1]],
  covars: [[[1]], [[1]]],
};

function measure(path: readonly number[], lengths: readonly number[]) {
  const filtered = {
    posteriors: Float64Array.from(path.flatMap((state) => (state === 0 ? [0.9, 0.1] : [0.2, 0.8]))),
    logLikelihoods: new Float64Array(path.length).fill(-2),
  };
  const scores = Float64Array.from(path, (_, t) => (t === 0 ? -0.7 : -0.4));
  return measureInSample(HMM, ["Calm", "Wild Ride"], filtered, lengths, scores, -0.5);
}

test("shares, dwell times and flips are counted within sequences", () => {
  expect(measure([0, 0, 1, 0, 1, 1, 1, 1], [4, 4])).toEqual({
    log_likelihood_per_bar: -2,
    anomaly_rate: 1 / 8,
    flips_per_day: 2 / 8 * 1440,
    regimes: {
      calm: { share: 3 / 8, expected_dwell_minutes: 4, mean_dwell_minutes: 1.5 },
      wild_ride: { share: 5 / 8, expected_dwell_minutes: 2, mean_dwell_minutes: 2.5 },
    },
  });
});

test("a regime that does not occur has dwell time 0", () => {
  const { regimes } = measure([0, 0], [2]);
  expect(regimes["wild_ride"]).toMatchObject({ share: 0, mean_dwell_minutes: 0 });
});

test("the table has a row for each measure", () => {
  const table = formatScorecard({ in_sample: measure([0, 1, 1], [3]) });
  expect(table).toContain("wild_ride");
  expect(table).toContain("33.333 %");
  expect(formatScorecard({})).toBe("");
});
