import fc from "fast-check";
import { expect, test } from "vitest";
import { type Epoch, newEpoch, Positions } from "../../../../service/bus/embedded/positions.ts";

/** A journal in memory: what SQLite and the runs of a service make of it. */
interface Journal {
  /** A record is a number that no other one has. */
  readonly rows: readonly number[];
  readonly epochs: readonly Epoch[];
}

/** A run appends, then the last rows are lost, and the epoch with the first of them. */
const runs = fc.array(
  fc.record({ rows: fc.integer({ min: 0, max: 6 }), lost: fc.integer({ min: 0, max: 4 }) }),
  { minLength: 1, maxLength: 8 },
);

test("under any losses and restarts, a position that is known names the record that it named, and kept ones are known", () => {
  fc.assert(
    fc.property(runs, (all) => {
      const named = new Map<string, number>();
      let journal: Journal = { rows: [], epochs: [] };
      let made = 0;
      const positionsOf = ({ rows, epochs }: Journal) =>
        new Positions("binance", [...epochs, newEpoch(rows.length)]);
      for (const { rows, lost } of all) {
        const epoch = newEpoch(journal.rows.length);
        const before = journal.rows.length;
        const written = [...journal.rows, ...Array.from({ length: rows }, () => made++)];
        const positions = new Positions("binance", [...journal.epochs, epoch]);
        for (const [i, record] of written.entries()) {
          const id = positions.of(i + 1);
          // A record keeps its position, and no other one has had it.
          expect(named.get(id) ?? record).toBe(record);
          named.set(id, record);
          expect(positions.rowOf(id, written.length)).toBe(i + 1);
        }
        const kept = written.slice(0, Math.max(0, written.length - lost));
        const epochs = kept.length > before ? [...journal.epochs, epoch] : journal.epochs;
        // Epochs whose rows are lost are lost too.
        journal = { rows: kept, epochs: epochs.filter(({ after }) => after < kept.length) };
        const next = positionsOf(journal);
        for (const [id, record] of named) {
          const row = next.rowOf(id, kept.length);
          if (row !== undefined) expect(kept[row - 1]).toBe(record);
          else expect(kept).not.toContain(record);
        }
      }
    }),
  );
});

test("the place before the first record is known by the token of any run", () => {
  const positions = new Positions("binance", [
    { token: "a", after: 0 },
    { token: "b", after: 7 },
    { token: "c", after: 9 },
  ]);
  expect([0, 1, 7, 8, 9, 10].map((row) => positions.of(row))).toEqual(
    ["binance-a:0", "binance-a:1", "binance-a:7", "binance-b:8", "binance-b:9", "binance-c:10"],
  );
  expect(["a:0", "b:0", "c:0"].map((id) => positions.rowOf(`binance-${id}`, 12))).toEqual([
    0,
    0,
    0,
  ]);
  expect(
    ["a:7", "a:8", "b:9", "b:10", "c:12", "c:13", "d:1"].map((id) =>
      positions.rowOf(`binance-${id}`, 12)
    ),
  ).toEqual([7, undefined, 9, undefined, 12, undefined, undefined]);
});
