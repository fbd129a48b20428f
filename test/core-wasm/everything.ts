/** All results of the core, bit for bit, for comparison between hosts. */
import {
  computeFeatures,
  type CoreSource,
  expRows,
  filterRows,
  fitForest,
  fitHmm,
  forecastRows,
  type HmmModel,
  logRows,
  Scorer,
  scoreRows,
  seasonColumns,
  smoothRows,
  viterbiRows,
} from "../../core-wasm/core.ts";
import { syntheticBars } from "../reference/synthetic_bars.ts";
import { stepBars, volatilityModel } from "./forecast_support.ts";
import { flattenBars, hmmResult, randomBars, TOY_MODEL } from "./support.ts";
import { TOY_FORECAST } from "./toy_forecast.ts";

const BARS = 600;

/** The bits of numbers, in hexadecimal. */
function bits(values: ArrayLike<number>): string {
  const view = new DataView(new ArrayBuffer(8));
  return Array.from(values, (value) => {
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16).padStart(16, "0");
  }).join("");
}

/** Bars rounded to binary fractions, as hosts' logarithms differ in their last bits. */
function exactBars() {
  const exact = (x: number) => Math.round(x * 1024) / 1024;
  return randomBars(BARS, 1).map(({ open, high, low, close, volume }) => ({
    open: exact(open),
    high: exact(high),
    low: exact(low),
    close: exact(close),
    volume: exact(volume),
  }));
}

/** Bars of the volatility model. */
const FORECAST_BARS = 3_000;
const START = Date.UTC(2024, 2, 1, 20, 37);

/** All rows of a volatility model, and a live scorer's results. */
function computeForecasts(wasm: CoreSource): Record<string, string> {
  const bars = syntheticBars(5, START, FORECAST_BARS, [[200, 3], [1_900, 61], [2_700, 1_441]]);
  const { horizons, weekLevel, absolute, week, shock } = forecastRows(
    wasm,
    TOY_FORECAST,
    bars,
    "TESTUSDT",
  );
  const columns = [
    ...[horizons["15"], horizons["60"]].flatMap(({ f0, f, a0, a, bias, logSpread, z2 }) => [
      ...[f0, f, a0, a, bias, logSpread, z2],
    ]),
    ...[absolute, week].flatMap(({ posterior, state, minutes, change }) => [
      ...[posterior, state, minutes, change],
    ]),
    ...[weekLevel, shock],
  ];
  const scorer = Scorer.create(wasm, [volatilityModel(TOY_FORECAST)], 1);
  scorer.addSymbol();
  const steps = [...stepBars(scorer, 0, bars)].flatMap((result) => [
    ...[...result.features, ...result.contributions, ...result.posterior, result.change],
    ...result.horizons.flatMap(({ quantiles }) => quantiles),
  ]);
  return {
    forecasts: columns.map(bits).join(""),
    live_forecasts: bits(steps),
    season: bits(seasonColumns(wasm)),
    logarithms: bits(logRows(wasm, bars.close)) + bits(expRows(wasm, weekLevel)),
  };
}

/** Features, scores, posteriors, paths and fits of a random walk, as text. */
export function computeEverything(wasm: CoreSource): Record<string, string> {
  const bars = exactBars();
  const lengths = [bars.length];
  const { raw, normalized, dims } = computeFeatures(
    wasm,
    TOY_MODEL.features,
    flattenBars(bars),
    lengths,
  );
  const { forest, scores } = fitForest(wasm, normalized, dims, { seed: 1, contamination: 0.05 });
  const fit = fitHmm(wasm, normalized, dims, lengths, {
    start: { states: 3, seed: 1, restart: 0 },
    maxIterations: 20,
  });
  const model: HmmModel = { features: TOY_MODEL.features, forest, hmm: fit.hmm };
  const filtered = filterRows(wasm, model.hmm, normalized, lengths);
  const scorer = Scorer.create(wasm, [model], 1);
  const slot = scorer.addSymbol();
  const steps = bars.flatMap((bar) => {
    scorer.step(slot, bar);
    const { anomalyScore, posterior, logLikelihood } = hmmResult(scorer, 0);
    return [anomalyScore, ...posterior, logLikelihood];
  });
  return {
    features: bits(raw) + bits(normalized),
    forest: JSON.stringify(forest),
    scores: bits(scores) + bits(scoreRows(wasm, forest, normalized, dims)),
    hmm: bits([...fit.hmm.means.flat(), ...fit.hmm.covars.flat(2), fit.logLikelihood]),
    filter: bits(filtered.posteriors) + bits(filtered.logLikelihoods),
    smoother: bits(smoothRows(wasm, fit.hmm, normalized, lengths)),
    viterbi: bits(viterbiRows(wasm, fit.hmm, normalized, lengths).states),
    steps: bits(steps),
    ...computeForecasts(wasm),
  };
}
