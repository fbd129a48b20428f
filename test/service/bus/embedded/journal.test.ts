import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { BusEvent } from "../../../../service/bus/bus.ts";
import { Journal } from "../../../../service/bus/embedded/journal.ts";
import { makeBar, makeSignal, START } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

function openJournal(folder = temporaryFolder(), name = "binance"): Journal {
  const journal = new Journal(join(folder, `${name}.sqlite`));
  onTestFinished(() => journal.close());
  return journal;
}

test("gives back what was appended, to the last bit, after it was opened again", async () => {
  const folder = temporaryFolder();
  const bar = { ...makeBar(0), volume: 0.1 + 0.2, open: 100.00000000000001 };
  const journal = new Journal(join(folder, "binance.sqlite"));
  await journal.appendBars([bar]);
  const { start } = journal;
  journal.close();
  const again = openJournal(folder);
  expect([...again.bars("BTCUSDT", START)]).toEqual([bar]);
  expect(again.start).toBe(start);
});

test("a file belongs to one writer at a time; others may read it", async () => {
  const folder = temporaryFolder();
  const journal = openJournal(folder);
  await journal.appendBars([makeBar(0)]);
  expect(() => new Journal(join(folder, "binance.sqlite"))).toThrow(
    "another MicroStream is using it; set another DATA_DIR",
  );
  const reader = new DatabaseSync(join(folder, "binance.sqlite"), { readOnly: true });
  expect(reader.prepare("SELECT count(*) AS n FROM events").get()).toEqual({ n: 1 });
  reader.close();
});

test("keeps a record once, however often it is appended, and tells of it once", async () => {
  const journal = openJournal();
  const told: BusEvent[] = [];
  journal.subscribe((events) => told.push(...events));
  await journal.appendBars([makeBar(0), makeBar(1)]);
  await journal.appendBars([{ ...makeBar(1), close: 99 }, makeBar(2)]);
  expect([...journal.bars("BTCUSDT", 0)]).toEqual([0, 1, 2].map((i) => makeBar(i)));
  expect(told.map(({ timestamp }) => (timestamp - START) / 60_000)).toEqual([0, 1, 2]);
});

test("a bar and the signal of its minute stand beside each other, and so do symbols", async () => {
  const journal = openJournal();
  await journal.appendBars([makeBar(0), makeBar(0, "ETHUSDT")]);
  await journal.appendSignals([makeSignal(0)]);
  expect(journal.query({ kind: "bar", limit: 10 })).toHaveLength(2);
  expect(journal.query({ kind: "signal", limit: 10 }).map((json) => JSON.parse(json)))
    .toEqual([makeSignal(0)]);
  expect(journal.lastTime("signal", "ETHUSDT")).toBeUndefined();
});

test("a query gives the latest that fit, oldest first, bounds included", async () => {
  const journal = openJournal();
  await journal.appendBars([...Array(10).keys()].map((i) => makeBar(i)));
  const minutes = (query: { from?: number; to?: number; limit: number }) =>
    journal.query({ kind: "bar", symbol: "BTCUSDT", ...query })
      .map((json) => (JSON.parse(json).timestamp - START) / 60_000);
  expect(minutes({ limit: 3 })).toEqual([7, 8, 9]);
  expect(minutes({ from: START + 120_000, to: START + 240_000, limit: 10 })).toEqual([2, 3, 4]);
});

test("after an id come all later events, page by page, none twice", async () => {
  const journal = openJournal();
  await journal.appendBars([...Array(5).keys()].map((i) => makeBar(i)));
  await journal.appendSignals([makeSignal(0)]);
  const first = journal.after(journal.start, 4);
  expect(first?.complete).toBe(false);
  const second = journal.after(first?.events.at(-1)?.id ?? "", 4);
  expect(second).toMatchObject({ complete: true, events: [{ kind: "bar" }, { kind: "signal" }] });
  const ids = [...first?.events ?? [], ...second?.events ?? []].map((event) => event.id);
  expect(new Set(ids).size).toBe(6);
});

test("an id of another source's journal is not taken for one of this", () => {
  const journal = openJournal();
  for (const id of ["simulator-1:0", "binance:0", "0", "", "binance:", "binance:x"]) {
    expect(journal.after(id, 10)).toBeUndefined();
  }
});

test("a subscriber hears nothing once it has unsubscribed", async () => {
  const journal = openJournal();
  let told = 0;
  const unsubscribe = journal.subscribe(() => told++);
  await journal.appendBars([makeBar(0)]);
  unsubscribe();
  await journal.appendBars([makeBar(1)]);
  expect(told).toBe(1);
});

test("a checkpoint replaces the one before and comes back byte for byte", () => {
  const journal = openJournal();
  expect(journal.checkpoint("BTCUSDT")).toBeUndefined();
  journal.saveCheckpoint("BTCUSDT", { models: "a", timestamp: 1, state: new Uint8Array([1]) });
  const checkpoint = { models: "b", timestamp: 2, state: new Uint8Array([0, 255, 7]) };
  journal.saveCheckpoint("BTCUSDT", checkpoint);
  expect(journal.checkpoint("BTCUSDT")).toEqual(checkpoint);
});

test("a file that is no journal is refused by name", () => {
  const path = join(temporaryFolder(), "binance.sqlite");
  writeFileSync(path, "not a database, not at all, but long enough to be looked at".repeat(20));
  expect(() => new Journal(path)).toThrow(`Cannot open the journal ${path}`);
});
