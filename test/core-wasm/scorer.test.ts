import fc from "fast-check";
import { expect, test } from "vitest";
import {
  computeFeatures,
  type CoreBar,
  filterRows,
  type HmmResult,
  Scorer,
  scoreRows,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import {
  flattenBars,
  hmmResult,
  Random,
  randomBars,
  randomHmm,
  TOY_HMM,
  TOY_MODEL,
} from "./support.ts";

const LONGER = { ...TOY_MODEL, features: { preset: "classic", windows: { rolling: 9 } } } as const;

function open(capacity = 1): Scorer {
  return Scorer.create(loadCore(), [TOY_MODEL, LONGER], capacity);
}

function run(scorer: Scorer, slot: number, bars: readonly CoreBar[]): HmmResult[][] {
  return bars.map((bar) => {
    scorer.step(slot, bar);
    return [hmmResult(scorer, 0), hmmResult(scorer, 1)];
  });
}

function runFresh(bars: readonly CoreBar[]): HmmResult[][] {
  const scorer = open();
  return run(scorer, scorer.addSymbol(), bars);
}

function never(): never {
  throw new Error("no such bar");
}

test("bar by bar equals the batch, bit for bit", () => {
  const bars = randomBars(2_000, 3);
  const results = runFresh(bars);
  const { raw, normalized, dims } = computeFeatures(
    loadCore(),
    TOY_MODEL.features,
    flattenBars(bars),
    [bars.length],
  );
  const scores = scoreRows(loadCore(), TOY_MODEL.forest, normalized, dims);
  const filtered = filterRows(loadCore(), TOY_MODEL.hmm, normalized, [bars.length]);
  for (const [t, [result]] of results.entries()) {
    const row = [t * dims, (t + 1) * dims] as const;
    expect(result?.features).toEqual(Array.from(raw.subarray(...row)));
    expect(result?.normalized).toEqual(Array.from(normalized.subarray(...row)));
    expect(result?.anomalyScore).toBe(scores[t]);
    expect(result?.posterior).toEqual(Array.from(filtered.posteriors.subarray(...row)));
    expect(result?.logLikelihood).toBe(filtered.logLikelihoods[t]);
  }
});

test("the state is the most probable one, with its dwell time", () => {
  let bars = 0;
  let before = -1;
  for (const [result] of runFresh(randomBars(300, 5))) {
    const posterior = result?.posterior ?? [];
    expect(result?.state).toBe(posterior.indexOf(Math.max(...posterior)));
    bars = result?.state === before ? bars + 1 : 1;
    before = result?.state ?? NaN;
    expect(result?.barsInState).toBe(bars);
    expect(result?.isAnomaly).toBe((result?.anomalyScore ?? NaN) < TOY_MODEL.forest.offset);
  }
});

test("later bars never change an earlier result", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.nat({ max: 60 }), (seed, other, split) => {
      const shared = randomBars(60, seed).slice(0, split);
      const one = runFresh([...shared, ...randomBars(20, other)]);
      const two = runFresh([...shared, ...randomBars(5, other + 1)]);
      expect(one.slice(0, split)).toEqual(two.slice(0, split));
    }),
    { numRuns: 40 },
  );
});

test("peek equals step and does not change the state", () => {
  const bars = randomBars(100, 7);
  const scorer = open();
  const slot = scorer.addSymbol();
  const results = bars.map((bar, t) => {
    scorer.peek(slot, randomBars(1, t)[0] ?? bar);
    scorer.peek(slot, bar);
    const peeked = [hmmResult(scorer, 0), hmmResult(scorer, 1)];
    scorer.step(slot, bar);
    expect([hmmResult(scorer, 0), hmmResult(scorer, 1)]).toEqual(peeked);
    return peeked;
  });
  expect(results).toEqual(runFresh(bars));
});

test("symbols do not see each other", () => {
  const bars = [randomBars(80, 1), randomBars(80, 2), randomBars(80, 3)];
  const scorer = open(3);
  const slots = bars.map(() => scorer.addSymbol());
  const results: HmmResult[][][] = bars.map(() => []);
  for (let t = 0; t < 80; t++) {
    for (const slot of slots) {
      const bar = bars[slot]?.[t];
      if (bar) scorer.step(slot, bar);
      results[slot]?.push([hmmResult(scorer, 0), hmmResult(scorer, 1)]);
    }
  }
  expect(results).toEqual(bars.map(runFresh));
});

test("an exported state continues in another scorer without a difference", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 40 }), (seed, split) => {
      const bars = randomBars(60, seed);
      const first = open();
      run(first, first.addSymbol(), bars.slice(0, split));
      const second = open(2);
      second.addSymbol();
      const slot = second.addSymbol();
      second.importState(slot, first.exportState(0));
      expect(run(second, slot, bars.slice(split))).toEqual(runFresh(bars).slice(split));
    }),
    { numRuns: 30 },
  );
});

test("a reset slot equals a new one", () => {
  const bars = randomBars(30, 1);
  const scorer = open();
  const slot = scorer.addSymbol();
  run(scorer, slot, randomBars(50, 2));
  scorer.reset(slot);
  expect(run(scorer, slot, bars)).toEqual(runFresh(bars));
});

test("missing bars are predicted without an update, in one gap or in several", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), gaps, (seed, states, gaps) => {
      const hmm = randomHmm(new Random(seed), states, 3);
      const scorer = Scorer.create(loadCore(), [{ ...TOY_MODEL, hmm }], 2);
      const [whole, pieces] = [scorer.addSymbol(), scorer.addSymbol()];
      const [next = never(), ...bars] = randomBars(20, seed);
      for (const bar of bars) {
        scorer.step(whole, bar);
        scorer.step(pieces, bar);
      }
      let prior = hmmResult(scorer, 0).posterior;
      const minutes = gaps.reduce((a, b) => a + b, 0);
      scorer.skip(whole, minutes);
      for (const gap of gaps) scorer.skip(pieces, gap);
      for (let minute = 0; minute <= minutes; minute++) {
        prior = prior.map((_, k) =>
          prior.reduce((sum, p, j) => sum + p * (hmm.transmat[j]?.[k] ?? NaN), 0)
        );
      }
      for (const slot of [whole, pieces]) {
        scorer.step(slot, next);
        const { normalized, posterior, logLikelihood } = hmmResult(scorer, 0);
        const expected = filterRows(
          loadCore(),
          { ...hmm, startprob: prior },
          Float64Array.from(normalized),
          [1],
        );
        expect(logLikelihood).toBeCloseTo(expected.logLikelihoods[0] ?? NaN, 10);
        for (const [k, p] of posterior.entries()) {
          expect(p).toBeCloseTo(expected.posteriors[k] ?? NaN, 10);
        }
      }
      scorer.peek(whole, next);
      const { normalized } = hmmResult(scorer, 0);
      scorer.peek(pieces, next);
      expect(hmmResult(scorer, 0).normalized).toEqual(normalized);
    }),
    { numRuns: 60 },
  );
});

test("a gap as long as the window clears it, a shorter one does not", () => {
  const bars = randomBars(30, 1);
  const next = randomBars(1, 2)[0] ?? never();
  const after = (minutes: number) => {
    const scorer = open();
    const slot = scorer.addSymbol();
    run(scorer, slot, bars);
    scorer.skip(slot, minutes);
    scorer.step(slot, next);
    return hmmResult(scorer, 0);
  };
  const fresh = runFresh([next])[0]?.[0];
  expect(after(5).normalized).toEqual(fresh?.normalized);
  expect(after(4).normalized).not.toEqual(fresh?.normalized);
  expect(after(0).features[0]).not.toBe(0);
});

test("a gap of years converges to the stationary distribution", () => {
  const scorer = open();
  const slot = scorer.addSymbol();
  run(scorer, slot, randomBars(30, 1));
  scorer.skip(slot, 10 ** 12);
  scorer.step(slot, randomBars(1, 1)[0] ?? never());
  const { barsInState, posterior } = hmmResult(scorer, 0);
  expect(Number.isInteger(barsInState)).toBe(true);
  expect(posterior.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});

test("dwell time grows over missing bars while the predicted regime stays the same", () => {
  const sticky = {
    ...TOY_MODEL,
    hmm: { ...TOY_HMM, transmat: [[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]] },
  };
  const scorer = Scorer.create(loadCore(), [sticky], 1);
  const slot = scorer.addSymbol();
  const flat = { open: 100, high: 100, low: 100, close: 100, volume: 1 };
  for (let t = 0; t < 10; t++) scorer.step(slot, flat);
  const { state, barsInState } = hmmResult(scorer, 0);
  scorer.skip(slot, 3);
  scorer.step(slot, flat);
  expect(hmmResult(scorer, 0)).toMatchObject({ state, barsInState: barsInState + 4 });
});

test("invalid arguments are refused with their value", () => {
  const scorer = open();
  const slot = scorer.addSymbol();
  const bar = randomBars(1, 1)[0] ?? never();
  expect(() => scorer.addSymbol()).toThrow(
    "the number of symbols must be below 1: current value is 1",
  );
  expect(() => scorer.step(1, bar)).toThrow(
    "it must be below the number of symbols, 1: current value is 1",
  );
  expect(() => scorer.step(0.5, bar)).toThrow("current value is 0.5");
  expect(() => scorer.skip(slot, -1)).toThrow("must be an integer from 0: current value is -1");
  expect(() => scorer.result(2)).toThrow("the model must be 0 to 1: current value is 2");
  expect(() => scorer.importState(slot, new Uint8Array(3))).toThrow(
    "current value is 3",
  );
});
