import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreBar, historyBars, Scorer } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { hmmResult, randomBars, TOY_LIQUIDITY, TOY_MODEL } from "./support.ts";

const CLASSIC = TOY_MODEL;
const LIQUIDITY = TOY_LIQUIDITY;
const WINDOW = 5;
const WEEK = 30;
const MINUTE_MS = 60_000;

/** A scorer of both models, begun at a minute. */
function open(minute = 0): Scorer {
  const scorer = Scorer.create(loadCore(), [CLASSIC, LIQUIDITY], 1);
  scorer.begin(scorer.addSymbol(), minute * MINUTE_MS);
  return scorer;
}

/** Bars that both models have after a bar. */
function step(scorer: Scorer, bar: CoreBar): readonly number[] {
  scorer.step(0, bar);
  return [0, 1].map((model) => hmmResult(scorer, model).have);
}

/** A random walk in which every minute has a trade. */
function tradedBars(count: number, seed: number): readonly CoreBar[] {
  return randomBars(count, seed).map((bar) => ({ ...bar, volume: bar.volume + 1 }));
}

const still = (bar: CoreBar): CoreBar => ({ ...bar, volume: 0 });

test("the windows need the classic model's rolling bars and the liquidity model's whole week", () => {
  const scorer = open();
  step(scorer, tradedBars(1, 1)[0] ?? never());
  expect([0, 1].map((model) => hmmResult(scorer, model).need)).toEqual([WINDOW, WEEK]);
});

function never(): never {
  throw new Error("no such bar");
}

test("each bar counts once, in any minute of the block that the history begins in", () => {
  for (let minute = 0; minute < 10; minute++) {
    const scorer = open(minute);
    const counts = tradedBars(80, minute).map((bar) => step(scorer, bar));
    expect(counts).toEqual(
      counts.map((_, i) => [Math.min(i + 1, WINDOW), Math.min(i + 1, WEEK)]),
    );
  }
});

test("a raw feature is defined once the bars that it needs are there", () => {
  const scorer = open();
  const defined = tradedBars(6, 1).map((bar) => {
    scorer.step(0, bar);
    return [0, 1].map((model) => hmmResult(scorer, model).defined.map(Number).join(""));
  });
  expect(defined.map(([classic]) => classic))
    .toEqual(["010", "110", "110", "110", "111", "111"]);
  expect(new Set(defined.map(([, liquidity]) => liquidity))).toEqual(new Set(["11"]));
});

test("the liquidity model begins with the first trade, and leaves blocks without one out", () => {
  const scorer = open(3);
  const [bar = never()] = tradedBars(1, 1);
  const counts = [
    ...Array.from({ length: 4 }, () => still(bar)),
    ...Array.from({ length: 4 }, () => bar),
    ...Array.from({ length: 10 }, () => still(bar)),
    bar,
  ].map((each) => step(scorer, each)[1]);
  // Minutes 3 to 6 without a trade; 7 to 10 with; the block of 10 to 14 counts, that of 15 to 19
  // does not, and neither do minutes of the block from 20 on before its first trade.
  expect(counts).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 10]);
  expect(hmmResult(scorer, 1).defined).toEqual([true, true]);
});

test("a missing minute counts for the block that it lies in, and not for the classic windows", () => {
  const scorer = open();
  const [bar = never()] = tradedBars(1, 1);
  step(scorer, bar);
  scorer.skip(0, 2);
  expect(step(scorer, bar)).toEqual([2, 4]);
  // Minutes 4 to 10: the first block is complete, nothing is known of the second.
  scorer.skip(0, 7);
  expect(step(scorer, bar)).toEqual([1, 5 + 2]);
  scorer.skip(0, WINDOW - 1);
  expect(step(scorer, bar)[0]).toBe(2);
  scorer.skip(0, WINDOW);
  expect(step(scorer, bar)[0]).toBe(1);
});

test("a model that has observed nothing is not ready, however its windows are cut", () => {
  const countsWith = (least_blocks: number) => {
    const features = LIQUIDITY.features;
    if (features.preset !== "liquidity") throw new Error("no liquidity model");
    const windows = { ...features.windows, least_blocks };
    const model = { ...LIQUIDITY, features: { ...features, windows } };
    const scorer = Scorer.create(loadCore(), [model], 1);
    scorer.begin(scorer.addSymbol(), 0);
    return tradedBars(WEEK + 3, 1).map((bar) => {
      scorer.step(0, bar);
      return hmmResult(scorer, 0).have;
    });
  };
  expect(countsWith(5).slice(WEEK - 1)).toEqual([WEEK, WEEK, WEEK, WEEK]);
  expect(countsWith(6).slice(WEEK - 1)).toEqual([WEEK - 1, WEEK, WEEK, WEEK]);
  expect(countsWith(7).slice(WEEK - 1)).toEqual(Array(4).fill(WEEK - 1));
});

test("a gap as long as the window starts over, in any minute", () => {
  for (const gap of [WEEK, WEEK + 3, 1000]) {
    const scorer = open(2);
    for (const bar of tradedBars(70, gap)) step(scorer, bar);
    scorer.skip(0, gap);
    const counts = tradedBars(WEEK + 5, gap).map((bar) => step(scorer, bar)[1]);
    expect(counts).toEqual(counts.map((_, i) => Math.min(i + 1, WEEK)));
  }
});

/** Minutes of a market: bars with and without trades, and gaps shorter than a window. */
const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<"trade" | "still" | number>("trade") },
    { weight: 4, arbitrary: fc.constant<"trade" | "still" | number>("still") },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: WINDOW - 1 }) },
  ),
  { minLength: 1, maxLength: 200 },
);

test("what a state has never becomes less but by a gap as long as its window", () => {
  fc.assert(
    fc.property(fc.nat({ max: 9 }), happenings, (minute, minutes) => {
      const scorer = open(minute);
      const bars = tradedBars(minutes.length, minute);
      let before = [0, 0];
      let bar = 0;
      for (const happening of minutes) {
        if (typeof happening === "number") {
          // Several gaps in a row may add up to a window.
          if (bar > 0) scorer.skip(0, happening);
          const next = bars[bar++] ?? never();
          before = check(step(scorer, next), before);
        } else {
          const next = bars[bar++] ?? never();
          before = check(step(scorer, happening === "still" ? still(next) : next), before);
        }
      }
    }),
    { numRuns: 200 },
  );
});

function check(now: readonly number[], before: readonly number[]): number[] {
  for (const [model, have] of now.entries()) {
    expect(have).toBeGreaterThanOrEqual(before[model] ?? NaN);
    expect(have).toBeLessThanOrEqual([WINDOW, WEEK][model] ?? NaN);
  }
  return [...now];
}

test("an exported state goes on counting, and a peek counts its bar without keeping it", () => {
  fc.assert(
    fc.property(fc.nat({ max: 9 }), fc.nat({ max: 60 }), (minute, split) => {
      const bars = tradedBars(80, minute);
      const whole = open(minute);
      const counts = bars.map((bar) => step(whole, bar));
      const first = open(minute);
      for (const bar of bars.slice(0, split)) step(first, bar);
      const second = open();
      second.importState(0, first.exportState(0));
      const next = bars[split] ?? never();
      second.peek(0, next);
      second.peek(0, next);
      expect([0, 1].map((model) => second.result(model).have)).toEqual(counts[split]);
      expect(bars.slice(split).map((bar) => step(second, bar))).toEqual(counts.slice(split));
    }),
    { numRuns: 50 },
  );
});

test("a state of earlier versions, which does not note its start, counts its first block whole", () => {
  const scorer = open(3);
  const bars = tradedBars(60, 1);
  for (const bar of bars.slice(0, 4)) step(scorer, bar);
  const state = scorer.exportState(0);
  state[startOffset()] = 0;
  const old = open();
  old.importState(0, state);
  const counts = bars.slice(4).map((bar) => [step(scorer, bar)[1], step(old, bar)[1]]);
  expect(counts[0]).toEqual([5, 8]);
  expect(counts.at(-1)).toEqual([WEEK, WEEK]);
});

/** Offset of the minutes before the history in a state of both models, bytes. */
function startOffset(): number {
  const [none, some] = [open(0).exportState(0), open(3).exportState(0)];
  const [openMinutes, before = NaN] = [...none.keys()].filter((i) => none[i] !== some[i]);
  expect(openMinutes).toBeLessThan(before);
  expect(some[before]).toBe(3);
  return before;
}

test("features equal those of a scorer that always ran, once the start is forgotten", () => {
  const bars = tradedBars(200, 3);
  for (const [model, { features }] of [CLASSIC, LIQUIDITY].entries()) {
    const late = 97;
    const [always, fresh] = [open(0), open(late)];
    for (const bar of bars.slice(0, late)) step(always, bar);
    for (const [i, bar] of bars.slice(late).entries()) {
      step(always, bar);
      step(fresh, bar);
      const [one, two] = [hmmResult(always, model), hmmResult(fresh, model)];
      expect(two.have).toBe(Math.min(i + 1, two.need));
      if (model === 0 && i >= historyBars(features)) {
        expect(two.normalized).toEqual(one.normalized);
      }
    }
    for (const [d, z] of hmmResult(fresh, model).normalized.entries()) {
      expect(z).toBeCloseTo(hmmResult(always, model).normalized[d] ?? NaN, 5);
    }
  }
});
