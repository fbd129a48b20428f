import { describe, expect, test } from "vitest";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { scoreAgainstLabels } from "../../models/evaluation/oracle.ts";
import {
  filterTrueModel,
  logDensity,
  logPoissonLogNormal,
  type ObservedMinute,
} from "../../notebooks/support/bayes_filter.ts";
import { normalQuadrature } from "../../notebooks/support/gauss_hermite.ts";
import { REGIMES } from "../../service/simulator/simulated/regimes.ts";
import { trueMinutes } from "../../service/simulator/simulated/truth.ts";

const sumOf = (values: Iterable<number>) => [...values].reduce((sum, x) => sum + x, 0);

test("the quadrature gives the moments of a normal distribution", () => {
  for (const count of [1, 2, 9, 21]) {
    const { nodes, weights } = normalQuadrature(count);
    const moment = (power: number) => sumOf(weights.map((w, i) => w * (nodes[i] ?? NaN) ** power));
    expect(moment(0)).toBeCloseTo(1, 12);
    expect(moment(1)).toBeCloseTo(0, 12);
    if (count > 1) expect(moment(2)).toBeCloseTo(1, 12);
    if (count > 4) expect(moment(8)).toBeCloseTo(105, 9);
  }
});

test("the probabilities of all numbers of trades sum to 1, for low and high activity", () => {
  for (const mean of [0.5, 2, 40, 2000].map(Math.log)) {
    const all = Array.from(
      { length: 20_000 },
      (_, n) => Math.exp(logPoissonLogNormal(n, mean, 0.35)),
    );
    expect(sumOf(all)).toBeCloseTo(1, 6);
  }
});

test("the density of returns and trades integrates to 1 in each regime", () => {
  const scale = 5e-4;
  const step = scale / 5;
  for (const regime of REGIMES) {
    let mass = 0;
    for (let trades = 0; trades < 120; trades++) {
      const minute = { time: 0, trades, volatilityScale: scale, activityScale: 2, logPrice: 0.1 };
      if (trades === 0) mass += Math.exp(logDensity({ ...minute, logReturn: 0 }, regime));
      for (let logReturn = -25 * scale; trades > 0 && logReturn < 25 * scale; logReturn += step) {
        mass += step * Math.exp(logDensity({ ...minute, logReturn }, regime));
      }
    }
    expect(mass).toBeGreaterThan(0.9999);
    expect(mass).toBeLessThan(1.0001);
  }
});

describe("on twenty days of a market", () => {
  const from = Date.UTC(2025, 2, 1);
  const minutes = [
    ...trueMinutes({ seed: 5, symbol: "ETHUSDT", from, to: from + 20 * 86_400_000 }),
  ];
  const truth = Uint8Array.from(minutes, ({ regime }) => regime);
  const accuracyOf = (posteriors: Float64Array) =>
    scoreAgainstLabels(argmaxRows(posteriors, REGIMES.length), truth, [truth.length]).accuracy;
  const posteriors = filterTrueModel(minutes);
  const accuracy = accuracyOf(posteriors);

  test("the oracle is calibrated: as accurate as its probabilities", () => {
    const claimed =
      sumOf(minutes.map((_, t) => Math.max(...posteriors.subarray(3 * t, 3 * t + 3)))) /
      minutes.length;
    expect(accuracy).toBeGreaterThan(0.88);
    expect(Math.abs(accuracy - claimed)).toBeLessThan(0.01);
    for (const k of REGIMES.keys()) {
      const share = sumOf(posteriors.filter((_, i) => i % 3 === k)) / minutes.length;
      const actual = truth.filter((regime) => regime === k).length / minutes.length;
      expect(Math.abs(share - actual)).toBeLessThan(0.02);
    }
  });

  test("no filter with less information is more accurate than the oracle", () => {
    const halfDay = 12 * 3_600_000;
    const impaired: readonly (readonly ObservedMinute[])[] = [
      minutes.map((minute) => ({ ...minute, logReturn: 0 })),
      minutes.map((minute) => ({ ...minute, time: minute.time + halfDay })),
      minutes.map((minute) => ({ ...minute, activityScale: 1.3 * minute.activityScale })),
      minutes.map((minute) => ({ ...minute, volatilityScale: 1.3 * minute.volatilityScale })),
    ];
    for (const observed of impaired) {
      expect(accuracyOf(filterTrueModel(observed))).toBeLessThan(accuracy);
    }
  });
});
