import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreBar, historyBars, Scorer } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { hmmResult, randomBars, TOY_MODEL } from "./support.ts";

const WINDOW = 5;

function open(): Scorer {
  const scorer = Scorer.create(loadCore(), [TOY_MODEL], 1);
  scorer.addSymbol();
  return scorer;
}

/** Bars that the model has after a bar. */
function step(scorer: Scorer, bar: CoreBar): number {
  scorer.step(0, bar);
  return hmmResult(scorer, 0).have;
}

function never(): never {
  throw new Error("no such bar");
}

test("the windows need the classic model's rolling bars, and each bar counts once", () => {
  const scorer = open();
  const counts = randomBars(20, 1).map((bar) => step(scorer, bar));
  expect(hmmResult(scorer, 0).need).toBe(WINDOW);
  expect(counts).toEqual(counts.map((_, i) => Math.min(i + 1, WINDOW)));
});

test("a raw feature is defined once the bars that it needs are there", () => {
  const scorer = open();
  const defined = randomBars(6, 1).map((bar) => {
    scorer.step(0, bar);
    return hmmResult(scorer, 0).defined.map(Number).join("");
  });
  expect(defined).toEqual(["010", "110", "110", "110", "111", "111"]);
});

test("a missing minute does not count, and a gap as long as the window starts over", () => {
  const scorer = open();
  const [bar = never()] = randomBars(1, 1);
  step(scorer, bar);
  scorer.skip(0, 2);
  expect(step(scorer, bar)).toBe(2);
  scorer.skip(0, WINDOW - 1);
  expect(step(scorer, bar)).toBe(3);
  scorer.skip(0, WINDOW);
  expect(step(scorer, bar)).toBe(1);
});

test("what a state has never becomes less but by a gap as long as its window", () => {
  const gap = fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: WINDOW - 1 }) },
  );
  fc.assert(
    fc.property(fc.array(gap, { minLength: 1, maxLength: 200 }), (gaps) => {
      const scorer = open();
      let before = 0;
      for (const [i, bar] of randomBars(gaps.length, 2).entries()) {
        if (i > 0) scorer.skip(0, gaps[i] ?? NaN);
        const now = step(scorer, bar);
        expect(now).toBeGreaterThanOrEqual(before);
        expect(now).toBeLessThanOrEqual(WINDOW);
        before = now;
      }
    }),
    { numRuns: 200 },
  );
});

test("an exported state goes on counting, and a peek counts its bar without keeping it", () => {
  const bars = randomBars(12, 3);
  const whole = open();
  const counts = bars.map((bar) => step(whole, bar));
  for (const split of bars.keys()) {
    const [first, second] = [open(), open()];
    for (const bar of bars.slice(0, split)) step(first, bar);
    second.importState(0, first.exportState(0));
    const next = bars[split] ?? never();
    second.peek(0, next);
    second.peek(0, next);
    expect(second.result(0).have).toEqual(counts[split]);
    expect(bars.slice(split).map((bar) => step(second, bar))).toEqual(counts.slice(split));
  }
});

test("features equal those of a scorer that always ran, once the start is forgotten", () => {
  const bars = randomBars(200, 3);
  const late = 97;
  const [always, fresh] = [open(), open()];
  for (const bar of bars.slice(0, late)) step(always, bar);
  for (const [i, bar] of bars.slice(late).entries()) {
    step(always, bar);
    step(fresh, bar);
    const [one, two] = [hmmResult(always, 0), hmmResult(fresh, 0)];
    expect(two.have).toBe(Math.min(i + 1, two.need));
    if (i >= historyBars(TOY_MODEL.features)) expect(two.normalized).toEqual(one.normalized);
  }
});
