import fc from "fast-check";
import { expect, test } from "vitest";
import { Sequencer } from "../../../service/ingest/sequencer.ts";
import { trade } from "../world.ts";

const t = (id: number) => trade(id, 1000 * id);

function sequence(capacity = 100) {
  const delivered: number[] = [];
  const repaired: number[] = [];
  const checked: number[] = [];
  const sequencer = new Sequencer(capacity, {
    trade({ id }, isRepaired) {
      delivered.push(id);
      if (isRepaired) repaired.push(id);
    },
  }, { add: ({ id }) => void checked.push(id) });
  return { delivered, repaired, checked, sequencer };
}

test("holds everything until it is started at an id", () => {
  const { delivered, checked, sequencer } = sequence();
  expect([7, 8, 5].map((id) => sequencer.accept(t(id)))).toEqual(["held", "held", "held"]);
  sequencer.start(7);
  expect(delivered).toEqual([7, 8]);
  expect(checked).toEqual(delivered);
  expect(sequencer.accept(t(5))).toBe("duplicate");
});

test("delivers nothing behind a gap, and reports the missing ids", () => {
  const { delivered, sequencer } = sequence();
  sequencer.start(1);
  for (const id of [1, 2, 6, 5, 9]) sequencer.accept(t(id));
  expect(delivered).toEqual([1, 2]);
  expect(sequencer.gap).toEqual({ from: 3, to: 4 });
  sequencer.accept(t(4));
  sequencer.accept(t(3));
  expect(delivered).toEqual([1, 2, 3, 4, 5, 6]);
  expect(sequencer.gap).toEqual({ from: 7, to: 8 });
});

test("a void trade of the history only takes an id", () => {
  const { delivered, sequencer } = sequence();
  sequencer.start(1);
  sequencer.repair([t(1), { ...t(2), quantity: 0 }, t(3)]);
  expect(delivered).toEqual([1, 3]);
  expect(sequencer.next).toBe(4);
});

test("distinguishes repaired trades from those that arrived", () => {
  const { delivered, repaired, sequencer } = sequence();
  sequencer.start(1);
  for (const id of [1, 4, 5]) sequencer.accept(t(id));
  sequencer.repair([2, 3, 4, 5, 6].map(t));
  expect(sequencer).toMatchObject({ delivered: 6, repaired: 3, lastTime: 6000 });
  expect(delivered).toEqual([1, 2, 3, 4, 5, 6]);
  expect(repaired).toEqual([2, 3, 6]);
});

test("drops trades above its capacity, which are then missing", () => {
  const { delivered, sequencer } = sequence(2);
  sequencer.start(1);
  expect([3, 4, 5].map((id) => sequencer.accept(t(id)))).toEqual(["held", "held", "dropped"]);
  sequencer.accept(t(1));
  sequencer.accept(t(2));
  sequencer.accept(t(6));
  expect(delivered).toEqual([1, 2, 3, 4]);
  expect(sequencer.gap).toEqual({ from: 5, to: 5 });
});

test("under any loss, duplication and reordering ids are delivered once, in order, and none behind a gap", () => {
  const ids = fc.array(fc.nat(60), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(ids, fc.integer({ min: 1, max: 50 }), (received, capacity) => {
    const { delivered, sequencer } = sequence(capacity);
    sequencer.start(0);
    for (const id of received) sequencer.accept(t(id));
    expect(delivered).toEqual(delivered.map((_, i) => i));
    expect(sequencer.next).toBe(delivered.length);
    const { gap } = sequencer;
    if (gap !== undefined) sequencer.repair(Array.from({ length: 61 }, (_, i) => t(i)));
    expect(delivered).toEqual(delivered.map((_, i) => i));
    if (gap !== undefined) expect(delivered.length).toBe(61);
  }));
});
