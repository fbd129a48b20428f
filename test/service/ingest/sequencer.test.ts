import fc from "fast-check";
import { expect, test } from "vitest";
import { Sequencer } from "../../../service/ingest/sequencer.ts";
import { trade } from "../world.ts";

const t = (id: number) => trade(id, 1000 * id);

function sequence(capacity = 100) {
  const passed: number[] = [];
  const repaired: number[] = [];
  const sequencer = new Sequencer(capacity, ({ id }, isRepaired) => {
    passed.push(id);
    if (isRepaired) repaired.push(id);
  });
  return { passed, repaired, sequencer };
}

test("holds everything until it is told where to begin", () => {
  const { passed, sequencer } = sequence();
  expect([7, 8, 5].map((id) => sequencer.accept(t(id)))).toEqual(["held", "held", "held"]);
  sequencer.start(7);
  expect(passed).toEqual([7, 8]);
  expect(sequencer.accept(t(5))).toBe("duplicate");
});

test("lets nothing pass a hole, and tells which ids it is", () => {
  const { passed, sequencer } = sequence();
  sequencer.start(1);
  for (const id of [1, 2, 6, 5, 9]) sequencer.accept(t(id));
  expect(passed).toEqual([1, 2]);
  expect(sequencer.hole).toEqual({ from: 3, to: 4 });
  sequencer.accept(t(4));
  sequencer.accept(t(3));
  expect(passed).toEqual([1, 2, 3, 4, 5, 6]);
  expect(sequencer.hole).toEqual({ from: 7, to: 8 });
});

test("tells repaired trades from those that arrived", () => {
  const { passed, repaired, sequencer } = sequence();
  sequencer.start(1);
  for (const id of [1, 4, 5]) sequencer.accept(t(id));
  expect(sequencer.repair([2, 3, 4, 5, 6].map(t))).toBe(3);
  expect(passed).toEqual([1, 2, 3, 4, 5, 6]);
  expect(repaired).toEqual([2, 3, 6]);
});

test("lets go of what is too much to hold, which is missing then", () => {
  const { passed, sequencer } = sequence(2);
  sequencer.start(1);
  expect([3, 4, 5].map((id) => sequencer.accept(t(id)))).toEqual(["held", "held", "dropped"]);
  sequencer.accept(t(1));
  sequencer.accept(t(2));
  sequencer.accept(t(6));
  expect(passed).toEqual([1, 2, 3, 4]);
  expect(sequencer.hole).toEqual({ from: 5, to: 5 });
});

test("whatever is lost, repeated or swapped, ids pass once, in order, and none passes a hole", () => {
  const ids = fc.array(fc.nat(60), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(ids, fc.integer({ min: 1, max: 50 }), (received, capacity) => {
    const { passed, sequencer } = sequence(capacity);
    sequencer.start(0);
    for (const id of received) sequencer.accept(t(id));
    expect(passed).toEqual(passed.map((_, i) => i));
    expect(sequencer.next).toBe(passed.length);
    const hole = sequencer.hole;
    if (hole !== undefined) sequencer.repair(Array.from({ length: 61 }, (_, i) => t(i)));
    expect(passed).toEqual(passed.map((_, i) => i));
    if (hole !== undefined) expect(passed.length).toBe(61);
  }));
});
