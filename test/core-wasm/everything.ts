/** All results of the core, bit for bit, for comparison between hosts. */
import {
  computeFeatures,
  type CoreSource,
  filterRows,
  fitForest,
  fitHmm,
  type HmmModel,
  Scorer,
  scoreRows,
  smoothRows,
  viterbiRows,
} from "../../core-wasm/core.ts";
import { flattenBars, hmmResult, randomBars, TOY_MODEL } from "./support.ts";

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

/** Features, scores, posteriors, paths and fits of a random walk, as text. */
export function computeEverything(wasm: CoreSource): Record<string, string> {
  const bars = exactBars();
  const lengths = [bars.length];
  const { raw, normalized, dims } = computeFeatures(
    wasm,
    TOY_MODEL.features,
    flattenBars(bars),
    lengths,
    [0],
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
  };
}
