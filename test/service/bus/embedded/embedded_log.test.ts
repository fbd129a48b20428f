import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { LogEvent } from "../../../../service/bus/event_log.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { barRecords, makeBar, makeSignal, signalRecords, START } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

function openLog(folder = temporaryFolder(), name = "binance"): EmbeddedLog {
  const log = new EmbeddedLog(join(folder, `${name}.sqlite`));
  onTestFinished(() => log.close());
  return log;
}

const bars = (...indices: number[]) => barRecords(...indices.map((index) => makeBar(index)));

const range = (count: number) => [...Array(count).keys()];

/** Reads events until `count` have come. */
async function take(
  log: EmbeddedLog,
  from: string,
  count: number,
  kind?: "bar" | "signal",
): Promise<LogEvent[]> {
  const taken: LogEvent[] = [];
  const stop = new AbortController();
  for await (const events of log.read(from, stop.signal, kind)) {
    taken.push(...events);
    if (taken.length >= count) stop.abort();
  }
  return taken;
}

test("returns what was appended, to the last bit, after it was opened again", async () => {
  const folder = temporaryFolder();
  const bar = { ...makeBar(0), volume: 0.1 + 0.2, open: 100.00000000000001 };
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  await log.append(barRecords(bar));
  const { start, end } = log;
  await log.close();
  const again = openLog(folder);
  expect([...again.bars("BTCUSDT", START)]).toEqual([bar]);
  expect([again.start, again.end]).toEqual([start, end]);
});

test("the amounts of bars are those of the bars, to the last bit", async () => {
  const log = openLog();
  const exact = { taker_buy_volume: 0.1 + 0.2, taker_sell_volume: 1e-8 };
  const { taker_buy_volume: _bought, taker_sell_volume: _sold, ...plain } = makeBar(2);
  const records = [
    { ...makeBar(0), volume: 100.00000000000001, ...exact },
    { ...makeBar(1), volume: 123456789012.12345, ...exact },
    plain,
    makeBar(3),
  ];
  await log.append(records.map((record) => ({ kind: "bar", record })));
  const wanted = records.slice(0, 3).map(({ timestamp, volume }, i) => ({
    timestamp,
    volume,
    ...(i < 2 && exact),
  }));
  expect([...log.volumes("BTCUSDT", START, START + 2 * 60_000)]).toEqual(wanted);
});

test("a file belongs to one writer at a time; others may read it", async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await log.append(bars(0));
  expect(() => new EmbeddedLog(join(folder, "binance.sqlite"))).toThrow(
    "another MicroStream is using it; set another DATA_DIR",
  );
  const reader = new DatabaseSync(join(folder, "binance.sqlite"), { readOnly: true });
  expect(reader.prepare("SELECT count(*) AS n FROM events").get()).toEqual({ n: 1 });
  reader.close();
});

test("keeps a record once, however often it is appended, and hands it to readers once", async () => {
  const log = openLog();
  const reading = take(log, log.start, 3);
  await log.append(bars(0, 1));
  await log.append(barRecords({ ...makeBar(1), close: 99 }, makeBar(2)));
  expect([...log.bars("BTCUSDT", 0)]).toEqual([0, 1, 2].map((i) => makeBar(i)));
  expect((await reading).map(({ timestamp }) => (timestamp - START) / 60_000)).toEqual([0, 1, 2]);
});

test("a bar and the signal of its minute stand beside each other, and so do symbols", async () => {
  const log = openLog();
  const signals = signalRecords(makeSignal(0));
  await log.append([...barRecords(makeBar(0), makeBar(0, "ETHUSDT")), ...signals]);
  expect(log.query({ kind: "bar", limit: 10 })).toHaveLength(2);
  expect(log.query({ kind: "signal", limit: 10 }).map((json) => JSON.parse(json)))
    .toEqual([makeSignal(0)]);
  expect(log.lastTime("signal", "ETHUSDT")).toBeUndefined();
});

test("a query gives the latest that match, oldest first, bounds included", async () => {
  const log = openLog();
  await log.append(bars(...range(10)));
  const minutes = (query: { from?: number; to?: number; limit: number }) =>
    log.query({ kind: "bar", symbol: "BTCUSDT", ...query })
      .map((json) => (JSON.parse(json).timestamp - START) / 60_000);
  expect(minutes({ limit: 3 })).toEqual([7, 8, 9]);
  expect(minutes({ from: START + 120_000, to: START + 240_000, limit: 10 })).toEqual([2, 3, 4]);
});

test("pages behind a position hold all later records once, whether from memory or the file", async () => {
  const folder = temporaryFolder();
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  await log.append([...bars(...range(5)), ...signalRecords(makeSignal(0))]);
  const { start } = log;
  const pages = (from: EmbeddedLog) => {
    const first = from.page(start, 4);
    expect(first?.complete).toBe(false);
    const second = from.page(first?.events.at(-1)?.id ?? "", 4);
    expect(second).toMatchObject({ complete: true, events: [{ kind: "bar" }, { kind: "signal" }] });
    return [...first?.events ?? [], ...second?.events ?? []];
  };
  const inMemory = pages(log);
  expect(new Set(inMemory.map(({ id }) => id)).size).toBe(6);
  await log.close();
  expect(pages(openLog(folder))).toEqual(inMemory);
});

test("a position of another journal, or behind the end, is none of this log", async () => {
  const log = openLog();
  await log.append(bars(0));
  const foreign = ["simulator-1:0", "binance:0", "0", "", "binance:", "binance:x"];
  for (const id of [...foreign, log.end.replace(/1$/, "2")]) {
    expect(log.page(id, 10)).toBeUndefined();
  }
  const reading = log.read("simulator-1:0", new AbortController().signal).next();
  await expect(reading).rejects.toThrow(RangeError);
});

test("a reader gets everything behind its position in order, though it is slow and appends go on", async () => {
  const log = openLog();
  await log.append(bars(...range(1500)));
  const reading = take(log, log.start, 6000);
  for (let from = 1500; from < 6000; from += 500) {
    await log.append(bars(...range(500).map((i) => from + i)));
  }
  const minutes = (await reading).map(({ timestamp }) => (timestamp - START) / 60_000);
  expect(minutes).toEqual(range(6000));
});

test("a reader of one kind gets only that kind", async () => {
  const log = openLog();
  const reading = take(log, log.start, 2, "signal");
  await log.append([...bars(0), ...signalRecords(makeSignal(0))]);
  await log.append([...bars(1), ...signalRecords(makeSignal(1))]);
  expect((await reading).map(({ kind }) => kind)).toEqual(["signal", "signal"]);
});

test("nothing is readable before its commit", async () => {
  const log = openLog();
  const appending = log.append(bars(0));
  expect(log.end).toBe(log.start);
  expect(log.page(log.start, 10)?.events).toEqual([]);
  await appending;
  expect(log.page(log.start, 10)?.events).toHaveLength(1);
});

test("announcements reach those who listen, and nobody after", () => {
  const log = openLog();
  const heard: string[] = [];
  const stop = log.listen(({ kind }) => heard.push(kind));
  log.announce({ kind: "nowcast", signal: makeSignal(0) });
  stop();
  log.announce({ kind: "nowcast", signal: makeSignal(0) });
  expect(heard).toEqual(["nowcast"]);
});

const checkpoint = (timestamp: number, ...state: number[]) => ({
  symbol: "BTCUSDT",
  models: "a",
  timestamp,
  state: new Uint8Array(state),
});

test("the latest checkpoint comes back byte for byte", async () => {
  const log = openLog();
  expect(log.checkpoint("BTCUSDT")).toBeUndefined();
  for (const time of [1, 2, 3]) await log.append([], [checkpoint(time, 0, 255, time)]);
  expect(log.checkpoint("BTCUSDT")).toEqual(checkpoint(3, 0, 255, 3));
});

test("a damaged checkpoint is passed over for the one before, and two damaged ones are none", async () => {
  const folder = temporaryFolder();
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  for (const time of [1, 2, 3]) await log.append([], [checkpoint(time, 1, 2, 3)]);
  await log.close();
  const damage = (time: number) => {
    const database = new DatabaseSync(join(folder, "binance.sqlite"));
    const { changes } = database.prepare(
      "UPDATE checkpoints SET state = zeroblob(3) WHERE timestamp = ?",
    ).run(time);
    expect(changes).toBe(1);
    database.close();
  };
  damage(3);
  const once = new EmbeddedLog(join(folder, "binance.sqlite"));
  expect(once.checkpoint("BTCUSDT")).toEqual(checkpoint(2, 1, 2, 3));
  expect(once.damage?.message).toMatch(/binance\.sqlite were damaged \(BTCUSDT\)/);
  await once.close();
  damage(2);
  expect(openLog(folder).checkpoint("BTCUSDT")).toBeUndefined();
});

test("a journal of the first version keeps its records, its ids and its checkpoints", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  const old = new DatabaseSync(path);
  old.exec(`
    CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
      symbol TEXT NOT NULL, timestamp INTEGER NOT NULL, json TEXT NOT NULL,
      UNIQUE (kind, symbol, timestamp)) STRICT;
    CREATE TABLE identity (token TEXT NOT NULL) STRICT;
    INSERT INTO identity VALUES ('0123abcd');
    CREATE TABLE checkpoints (symbol TEXT PRIMARY KEY, models TEXT NOT NULL,
      timestamp INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
    INSERT INTO checkpoints VALUES ('BTCUSDT', 'a', 7, x'00FF');
  `);
  old.prepare("INSERT INTO events VALUES (5, 'bar', 'BTCUSDT', ?, ?)")
    .run(START, JSON.stringify(makeBar(0)));
  old.close();
  const log = openLog(folder);
  expect(log.end).toBe("binance-0123abcd:5");
  expect(log.checkpoint("BTCUSDT")).toEqual(checkpoint(7, 0, 255));
  await log.append(bars(1));
  expect([...log.bars("BTCUSDT", 0)]).toEqual([makeBar(0), makeBar(1)]);
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

