import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { LogEvent } from "../../../../service/bus/event_log.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { eventsOf, everythingOf } from "../../../support/log_events.ts";
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
  const pages = (from: EmbeddedLog) => eventsOf(from, { limit: 4 });
  const inMemory = pages(log);
  expect(new Set(inMemory.map(({ id }) => id)).size).toBe(6);
  await log.close();
  expect(pages(openLog(folder))).toEqual(inMemory);
});

test("a position of another journal, behind the end, or written otherwise is none of this log", async () => {
  const log = openLog();
  await log.append(bars(0));
  const [name = ""] = log.end.split(":");
  expect([log.start, log.end].map((id) => log.has(id))).toEqual([true, true]);
  const numbers = [
    "2",
    "01",
    "1.0",
    "-1",
    "+1",
    "0x1",
    " 1",
    "1 ",
    "1e0",
    "",
    "x",
    "9".repeat(400),
  ];
  const foreign = ["simulator-1:0", "binance:0", "0", "", "binance:", ":1", "1", "::::"];
  for (const id of [...foreign, ...numbers.map((n) => `${name}:${n}`)]) {
    expect([id, log.has(id)]).toEqual([id, false]);
    expect(() => log.page({ after: id, until: log.end, limit: 1 }, everythingOf())).toThrow(
      RangeError,
    );
  }
  const reading = log.read("simulator-1:0", new AbortController().signal).next();
  await expect(reading).rejects.toThrow(RangeError);
});

/** The journal's file as it is when its process dies now. */
function copyOf(folder: string): string {
  const copy = temporaryFolder();
  for (const end of ["", "-wal"]) {
    copyFileSync(join(folder, `binance.sqlite${end}`), join(copy, `binance.sqlite${end}`));
  }
  return copy;
}

test("positions stay what they were after a crash, and go on in another epoch", async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await log.append(bars(0, 1));
  const before = eventsOf(log);
  const again = openLog(copyOf(folder));
  await again.append(bars(2));
  const after = eventsOf(again);
  expect(after.slice(0, 2)).toEqual(before);
  expect(after[2]?.id.split(":")[0]).not.toBe(before[1]?.id.split(":")[0]);
  expect(eventsOf(again, { after: before[1]?.id ?? "" })).toEqual(after.slice(2));
});

test("when the last records are lost, no position names another record", async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await log.append(bars(0, 1));
  const kept = eventsOf(log);
  // What it has from now on is lost with the write-ahead log, in which it stands.
  const copy = copyOf(folder);
  await log.append(bars(2, 3));
  const lost = eventsOf(log, { after: kept[1]?.id ?? "" });
  const again = openLog(copy);
  const known = () => [...kept, ...lost].map(({ id }) => again.has(id));
  expect(known()).toEqual([true, true, false, false]);
  await again.append(barRecords(makeBar(7), makeBar(8), makeBar(9)));
  expect(known()).toEqual([true, true, false, false]);
  expect(lost.map(({ id }) => id.split(":")[1])).toEqual(["3", "4"]);
});

test("two copies of a journal that both go on do not know each other's positions", async () => {
  const folder = temporaryFolder();
  const first = openLog(folder);
  await first.append(bars(0));
  const second = openLog(copyOf(folder));
  await first.append(bars(1));
  await second.append(bars(2));
  expect([first.has(second.end), second.has(first.end)]).toEqual([false, false]);
  expect(second.has(eventsOf(first)[0]?.id ?? "")).toBe(true);
});

test("the first minute that was live is kept, and what was before it is history", async () => {
  const folder = temporaryFolder();
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  const history = (index: number) => ({ ...makeBar(index), backfill: true as const });
  await log.append(barRecords(history(0), history(1)));
  expect(log.firstLive("BTCUSDT")).toBeUndefined();
  await log.append(bars(2, 3));
  expect(log.firstLive("BTCUSDT")).toBe(makeBar(2).timestamp);
  await log.append(barRecords(makeBar(1, "ETHUSDT")));
  await log.close();
  const again = openLog(folder);
  expect(["BTCUSDT", "ETHUSDT", "XRPUSDT"].map((symbol) => again.firstLive(symbol)))
    .toEqual([makeBar(2).timestamp, makeBar(1).timestamp, undefined]);
  expect(eventsOf(again).map(({ backfill }) => backfill)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
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
  expect(eventsOf(log)).toEqual([]);
  await appending;
  expect(eventsOf(log)).toHaveLength(1);
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

test("a page that finds nothing ends after a bounded search, and pages together find all", async () => {
  const folder = temporaryFolder();
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  const count = 5000;
  for (let i = 0; i < count; i += 1000) await log.append(bars(...range(1000).map((k) => i + k)));
  await log.append(barRecords(makeBar(0, "ETHUSDT")));
  await log.close();
  // Opened again, nothing of it is in memory.
  const again = openLog(folder);
  const rowOf = (position: string) => Number(position.split(":")[1]);
  for (const others of [0, 100]) {
    const symbols = new Set(["ETHUSDT", ...range(others).map((i) => `X${i}USDT`)]);
    for (const since of [undefined, 0]) {
      const filter = { kinds: new Set(["bar", "signal"] as const), symbols, since };
      const { position } = again.page({ after: again.start, until: again.end, limit: 10 }, filter);
      // By the index and without times, many more can be passed.
      if (others > 0 || since !== undefined) expect(rowOf(position)).toBeLessThanOrEqual(1000);
      expect(eventsOf(again, { filter, limit: 10 }).map(({ symbol }) => symbol)).toEqual([
        "ETHUSDT",
      ]);
    }
  }
});

test("the log is drained when its readers have taken what was appended before", async () => {
  const log = openLog();
  const stop = new AbortController();
  const reader = log.read(log.start, stop.signal);
  const order: string[] = [];
  const taking = (async () => {
    for await (const events of reader) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      order.push(...events.map(({ timestamp }) => String((timestamp - START) / 60_000)));
    }
  })();
  void log.append(bars(0, 1));
  await log.drained();
  order.push("drained");
  await log.append(bars(2));
  await log.drained();
  order.push("drained");
  expect(order).toEqual(["0", "1", "drained", "2", "drained"]);
  stop.abort();
  await taking;
  void log.append(bars(3));
  await log.drained();
  expect([...log.bars("BTCUSDT", START)]).toHaveLength(4);
});
