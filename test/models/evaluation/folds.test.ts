import fc from "fast-check";
import { expect, test } from "vitest";
import { planFolds } from "../../../models/evaluation/folds.ts";
import { type Segment, selectSegments } from "../../../models/evaluation/history.ts";

const MINUTE = 60_000;
const DAY = 1440;

/** Segments with gaps between them. */
function segmentsOf(spans: readonly (readonly [gap: number, length: number])[]): Segment[] {
  let time = Date.UTC(2024, 0);
  let first = 0;
  return spans.map(([gap, length]) => {
    const start = time + gap * MINUTE;
    const segment = { first, length, start };
    time = start + length * MINUTE;
    first += length;
    return segment;
  });
}

const countBars = (segments: readonly Segment[]) => segments.reduce((sum, s) => sum + s.length, 0);

test("training ends a purge before its test, and tests follow each other to the end", () => {
  const spans = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 90 * DAY }), fc.integer({ min: 1, max: 60 * DAY })),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(spans, fc.integer({ min: 0, max: 9 * DAY }), (given, purge) => {
    const segments = segmentsOf(given);
    const { folds, final, note } = planFolds(segments, purge);
    const parts = [...folds, ...(final ? [final] : [])];
    if (folds.length < 4) expect(note).toContain(String(countBars(segments)));
    expect(parts.length === 0).toBe(final === undefined);
    for (const [i, { train, test }] of parts.entries()) {
      expect(train.to).toBe(test.from - purge * MINUTE);
      expect(test.from).toBe(parts[i - 1]?.test.to ?? test.from);
      const trained = selectSegments(segments, train);
      expect(countBars(trained)).toBeLessThanOrEqual(150_000);
      expect(countBars(trained)).toBeGreaterThan(2 * DAY);
      expect(countBars(selectSegments(segments, test))).toBeGreaterThan(2 * DAY);
    }
    const last = segments.at(-1);
    if (final && last) expect(final.test.to).toBe(last.start + last.length * MINUTE);
  }));
});

test("a gap near the end does not shorten the final part", () => {
  const { final } = planFolds(segmentsOf([[1, 20_749], [1, 4_451]]), 0);
  expect(final?.test.from).toBe(Date.UTC(2024, 0) + 20_750 * MINUTE + MINUTE);
  const short = planFolds(segmentsOf([[1, 22_000], [1, 3_200]]), 0).final;
  expect(short?.test.from).toBe(Date.UTC(2024, 0) + (20_160 + 1) * MINUTE);
});

test("without gaps a part has 16 % of the bars, the final one 20 %", () => {
  const { folds, final, note } = planFolds(segmentsOf([[0, 100_000]]), 55);
  const bars = [...folds, ...(final ? [final] : [])].map(({ test: { from, to } }) =>
    (to - from) / MINUTE
  );
  expect(bars).toEqual([16_000, 16_000, 16_000, 16_000, 20_000]);
  expect(note).toBeUndefined();
});

test("a border moves to a nearby gap", () => {
  const segments = segmentsOf([[0, 79_000], [500, 21_000]]);
  expect(planFolds(segments, 55).final?.test.from).toBe(segments[1]?.start);
  const far = segmentsOf([[0, 70_000], [500, 30_000]]);
  expect(planFolds(far, 55).final?.test.from).toBe((far[1]?.start ?? 0) + 10_000 * MINUTE);
});

test("a history that is too short has no parts, with a note", () => {
  expect(planFolds(segmentsOf([[0, 20_000]]), 55)).toEqual({
    folds: [],
    note: "no walk-forward part: the history has 20000 bars beyond the warm-up, " +
      "at least 25338 are needed",
  });
  expect(planFolds(segmentsOf([[0, 26_000]]), 55)).toMatchObject({
    folds: [{}],
    note: "1 of 4 folds: the history has 26000 bars beyond the warm-up",
  });
  expect(planFolds([], 55).folds).toEqual([]);
});
