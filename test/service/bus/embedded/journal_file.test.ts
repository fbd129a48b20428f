import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { Bar } from "../../../../data/schema/bar.ts";
import type { Signal } from "../../../../data/schema/signal.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { eventsOf } from "../../../support/log_events.ts";
import { barRecords, makeBar, makeSignal, START } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

function openLog(folder: string): EmbeddedLog {
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  onTestFinished(() => log.close());
  return log;
}

const range = (count: number) => [...Array(count).keys()];

/** A journal of an early version, without checkpoints. */
function oldJournal(folder: string): DatabaseSync {
  const old = new DatabaseSync(join(folder, "binance.sqlite"));
  old.exec(`
    CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
      symbol TEXT NOT NULL, timestamp INTEGER NOT NULL, json TEXT NOT NULL,
      UNIQUE (kind, symbol, timestamp)) STRICT;
    CREATE TABLE identity (token TEXT NOT NULL) STRICT;
    INSERT INTO identity VALUES ('0123abcd');
  `);
  return old;
}

test("a journal of the first version keeps its records, its ids and its checkpoints", async () => {
  const folder = temporaryFolder();
  const old = oldJournal(folder);
  old.exec(`
    CREATE TABLE checkpoints (symbol TEXT PRIMARY KEY, models TEXT NOT NULL,
      timestamp INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
    INSERT INTO checkpoints VALUES ('BTCUSDT', 'a', 7, x'00FF');
  `);
  old.prepare("INSERT INTO events VALUES (5, 'bar', 'BTCUSDT', ?, ?)")
    .run(START, JSON.stringify(makeBar(0)));
  old.close();
  const log = openLog(folder);
  expect(log.end).toBe("binance-0123abcd:5");
  expect(log.checkpoint("BTCUSDT")).toEqual({
    ...{ symbol: "BTCUSDT", models: "a", timestamp: 7 },
    state: new Uint8Array([0, 255]),
  });
  await log.append(barRecords(makeBar(1)));
  expect([...log.bars("BTCUSDT", 0)]).toEqual([{ ...makeBar(0), backfill: true }, makeBar(1)]);
});

test("in a journal of an earlier version, what came before the first trades becomes history", () => {
  const folder = temporaryFolder();
  const old = oldJournal(folder);
  old.exec(`
    CREATE TABLE checkpoints (symbol TEXT NOT NULL, timestamp INTEGER NOT NULL,
      models TEXT NOT NULL, state BLOB NOT NULL, checksum INTEGER NOT NULL,
      PRIMARY KEY (symbol, timestamp)) STRICT;
    PRAGMA user_version = 1;
  `);
  const insert = old.prepare(
    "INSERT INTO events (kind, symbol, timestamp, json) VALUES (?, ?, ?, ?)",
  );
  const keep = (kind: string, record: Bar | Signal) =>
    insert.run(kind, record.symbol, record.timestamp, JSON.stringify(record));
  const lived: Bar[] = [makeBar(0), makeBar(1), { ...makeBar(2), quality: "trades" }, makeBar(3)];
  for (const bar of lived) keep("bar", bar);
  for (const i of range(4)) keep("signal", makeSignal(i));
  keep("bar", makeBar(0, "ETHUSDT"));
  old.close();
  const log = openLog(folder);
  expect(log.end).toBe("binance-0123abcd:9");
  expect([log.firstLive("BTCUSDT"), log.firstLive("ETHUSDT")]).toEqual([
    makeBar(2).timestamp,
    undefined,
  ]);
  const mark = { backfill: true };
  expect(eventsOf(log).map(({ json, backfill }) => [JSON.parse(json), backfill])).toEqual([
    ...lived.map((bar, i) => i < 2 ? [{ ...bar, ...mark }, true] : [bar, false]),
    ...range(4).map((i) => makeSignal(i)).map((signal, i) =>
      i < 2 ? [{ ...signal, ...mark }, true] : [signal, false]
    ),
    [{ ...makeBar(0, "ETHUSDT"), ...mark }, true],
  ]);
});

test("a journal of a newer version is refused and not written to", () => {
  const path = join(temporaryFolder(), "binance.sqlite");
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  expect(() => new EmbeddedLog(path)).toThrow(/binance\.sqlite: its version is 99 and must be/);
  const reader = new DatabaseSync(path, { readOnly: true });
  expect(reader.prepare("SELECT count(*) AS n FROM sqlite_schema").get()).toEqual({ n: 0 });
  reader.close();
});
