import fc from "fast-check";
import { expect, test } from "vitest";
import { Sequencer } from "../../../service/bars/sequencer.ts";

test("says first, then next, and how many a jump leaves out", () => {
  const sequencer = new Sequencer();
  expect(sequencer.place(10)).toEqual({ kind: "first" });
  expect(sequencer.place(11)).toEqual({ kind: "next" });
  expect(sequencer.place(15)).toEqual({ kind: "gap", missing: 3 });
  expect(sequencer.place(15)).toEqual({ kind: "duplicate" });
  expect(sequencer.place(12)).toEqual({ kind: "duplicate" });
  expect(sequencer.place(16)).toEqual({ kind: "next" });
});

test("accepted and missing ids add up to the whole range, whatever is dropped or repeated", () => {
  const ids = fc.array(fc.nat(200), { minLength: 1 });
  fc.assert(fc.property(ids, (received) => {
    const sequencer = new Sequencer();
    let accepted = 0;
    let missing = 0;
    for (const id of received) {
      const place = sequencer.place(id);
      if (place.kind !== "duplicate") accepted++;
      if (place.kind === "gap") missing += place.missing;
    }
    expect(accepted + missing).toBe(Math.max(...received) - (received[0] ?? 0) + 1);
  }));
});
