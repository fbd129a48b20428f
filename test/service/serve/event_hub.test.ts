import { setImmediate as nextTurn } from "node:timers/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import { EventHub } from "../../../service/serve/event_hub.ts";
import type { StreamEvent, StreamQuery } from "../../../service/serve/query.ts";
import { type Bar, barSchema } from "../../../data/schema/bar.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { LogRecord } from "../../../service/bus/event_log.ts";
import { eventsOf, everythingOf } from "../../support/log_events.ts";
import { barRecords, makeBar, makeSignal, signalRecords, START } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

function setUp() {
  const log = new EmbeddedLog(join(temporaryFolder(), "binance.sqlite"));
  const hub = new EventHub();
  hub.attach({ log, store: log });
  onTestFinished(async () => {
    hub.close();
    await log.close();
  });
  const appendBars = (bars: readonly Bar[]) => log.append(barRecords(...bars));
  const appendSignals = (signals: readonly Signal[]) => log.append(signalRecords(...signals));
  return { log, hub, appendBars, appendSignals };
}

/** The id of a log's n-th event. */
function idOf(log: EmbeddedLog, n: number): string {
  return log.end.replace(/\d+$/, String(n));
}

function ask(events: StreamEvent[], symbols = ["BTCUSDT"], since?: number): StreamQuery {
  const query = { events: new Set(events), symbols: new Set(symbols) };
  return since === undefined ? query : { ...query, since };
}

interface StreamedEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

/** Reads the events of a stream until `count` have come. */
async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: number,
): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks.filter((candidate) => candidate.includes("event: "))) {
      events.push({
        id: /^id: (.*)$/m.exec(block)?.[1],
        event: /^event: (.*)$/m.exec(block)?.[1],
        data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null"),
      });
    }
    if (events.length >= count) break;
  }
  return events;
}

test("delivers the events that were asked for, with ids that grow", async () => {
  const { log, hub, appendBars, appendSignals } = setUp();
  const stream = hub.open(ask(["bar", "signal"]), undefined);
  await appendBars([makeBar(0), makeBar(0, "ETHUSDT")]);
  await appendSignals([makeSignal(0)]);
  const events = await read(stream, 2);
  expect(events).toEqual([
    { id: idOf(log, 1), event: "bar", data: makeBar(0) },
    { id: idOf(log, 3), event: "signal", data: makeSignal(0) },
  ]);
});

test("a client that comes back gets all it missed and then what is new, none twice", async () => {
  const { log, hub, appendBars } = setUp();
  const count = 1800;
  await appendBars([...Array(count).keys()].map((i) => makeBar(i)));
  const stream = hub.open(ask(["bar"]), idOf(log, 10));
  const reading = read(stream, count - 10 + 2);
  await appendBars([makeBar(count)]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await appendBars([makeBar(count + 1)]);
  const ids = (await reading).map(({ id }) => id);
  expect(ids).toEqual([...Array(count - 8).keys()].map((i) => idOf(log, i + 11)));
});

test("pages without a wanted event do not hold up those behind them", async () => {
  const { log, hub, appendBars } = setUp();
  await appendBars([...Array(1200).keys()].map((i) => makeBar(i, "ETHUSDT")));
  await appendBars([makeBar(0)]);
  const [event] = await read(hub.open(ask(["bar"]), log.start), 1);
  expect(event?.id).toBe(idOf(log, 1201));
});

test("an id of another journal starts the stream with what comes next", async () => {
  const { log, hub, appendBars } = setUp();
  await appendBars([makeBar(0)]);
  // Until the hub has published it.
  await nextTurn();
  const reading = read(hub.open(ask(["bar"]), "simulator-1:0"), 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await appendBars([makeBar(1)]);
  expect((await reading).map(({ id }) => id)).toEqual([idOf(log, 2)]);
});

test("a client that falls behind loses nothing and is not sent more than it reads", async () => {
  const { log, hub, appendBars, appendSignals } = setUp();
  const stream = hub.open(ask(["bar", "signal"]), undefined);
  const count = 3000;
  await appendBars([...Array(count).keys()].map((i) => makeBar(i)));
  await appendSignals([...Array(count).keys()].map((i) => makeSignal(i)));
  const reading = read(stream, 2 * count + 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await appendBars([makeBar(count)]);
  const ids = (await reading).map(({ id }) => id);
  expect(ids).toEqual([...Array(2 * count + 1).keys()].map((i) => idOf(log, i + 1)));
});

test("a client that does not read is dropped by the heartbeat, and the others go on", async () => {
  const { log } = setUp();
  const hub = new EventHub(30);
  onTestFinished(() => hub.close());
  hub.attach({ log, store: log });
  const idle = hub.open(ask(["nowcast"]), undefined);
  const reading = read(hub.open(ask(["nowcast"]), undefined), Infinity);
  let sent = 0;
  const publish = async () => {
    hub.nowcast(makeSignal(sent++));
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  while (hub.size === 2) await publish();
  await expect((async () => {
    for await (const _ of idle);
  })()).rejects.toThrow("reads too slowly");
  for (let i = 0; i < 10; i++) await publish();
  hub.close();
  // And the goodbye.
  expect(await reading).toHaveLength(sent + 1);
});

test("a client that comes back and does not read is dropped by the second heartbeat", async () => {
  const { log, appendBars } = setUp();
  const hub = new EventHub(20);
  onTestFinished(() => hub.close());
  hub.attach({ log, store: log });
  await appendBars([...Array(2000).keys()].map((i) => makeBar(i)));
  const stream = hub.open(ask(["bar"]), log.start);
  await until("the drop", () => hub.size === 0 || undefined);
  await expect((async () => {
    for await (const _ of stream);
  })()).rejects.toThrow("reads too slowly");
});

/** Bars of minutes before the first live one. */
const history = (from: number, to: number) =>
  [...Array(to - from).keys()].map((i): Bar => ({ ...makeBar(from + i), backfill: true }));

/** The minutes of the bars that a stream brings until `count` have come. */
async function minutesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: number,
): Promise<unknown[]> {
  const events = await read(stream, count);
  return events.map(({ data }) => (barSchema.parse(data).timestamp - START) / 60_000);
}

test("history goes only to those who ask for it, before and while it is loaded", async () => {
  const { log, hub, appendBars } = setUp();
  await appendBars(history(0, 40));
  const news = minutesOf(hub.open(ask(["bar"]), undefined), 2);
  const resumed = minutesOf(hub.open(ask(["bar"]), log.start), 2);
  const all = minutesOf(hub.open(ask(["bar"], ["BTCUSDT"], 0), undefined), 82);
  const since = ask(["bar"], ["BTCUSDT"], makeBar(70).timestamp);
  const some = minutesOf(hub.open(since, undefined), 12);
  const both = minutesOf(hub.open(ask(["bar"], ["BTCUSDT"], 0), idOf(log, 20)), 62);
  await until("all to be live", () => nextTurn().then(() => true));
  await appendBars(history(40, 80));
  await appendBars([makeBar(80), makeBar(81)]);
  const from = (first: number) => [...Array(82 - first).keys()].map((i) => first + i);
  expect(await news).toEqual(from(80));
  expect(await resumed).toEqual(from(80));
  expect(await all).toEqual(from(0));
  expect(await some).toEqual(from(70));
  expect(await both).toEqual(from(20));
});

test("history is not even encoded for those who do not ask for it", async () => {
  const { hub, appendBars } = setUp();
  const stream = hub.open(ask(["bar"]), undefined);
  let chunks = 0;
  const reading = (async () => {
    for await (const _ of stream) chunks++;
  })();
  await appendBars(history(0, 500));
  await appendBars([makeBar(500)]);
  // The time to retry, and the bar.
  await until("the bar", () => chunks >= 2 || undefined);
  hub.close();
  await reading;
  expect(chunks).toBe(3);
});

test("who comes before there is a journal goes on where it was once there is one", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  const before = new EmbeddedLog(path);
  await before.append(barRecords(makeBar(0), makeBar(1)));
  const known = idOf(before, 1);
  await before.close();
  const hub = new EventHub();
  const reading = minutesOf(hub.open(ask(["bar"]), known), 2);
  const log = new EmbeddedLog(path);
  onTestFinished(async () => {
    hub.close();
    await log.close();
  });
  hub.attach({ log, store: log });
  await log.append(barRecords(makeBar(2)));
  expect(await reading).toEqual([1, 2]);
});

/** The whole text of a stream that ends. */
async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let all = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) all += text;
  return all;
}

test("a close says goodbye and ends every stream, also of those who catch up or come later", async () => {
  const { log, hub, appendBars } = setUp();
  await appendBars([...Array(2000).keys()].map((i) => makeBar(i)));
  const streams = [
    hub.open(ask(["nowcast"]), undefined),
    hub.open(ask(["bar"]), log.start),
    hub.open(ask(["bar"]), "elsewhere:1"),
  ];
  const reading = streams.map(textOf);
  await nextTurn();
  hub.close();
  for (const text of [...await Promise.all(reading), await textOf(hub.open(ask([]), undefined))]) {
    expect(text).toMatch(
      /\n\nevent: goodbye\ndata: \{"reason":"shutdown","retry":2000\}\n\n$/,
    );
  }
  expect(hub.size).toBe(0);
});

test("who has little to catch up with does not wait for those who have much", async () => {
  const { log, hub, appendBars } = setUp();
  const count = 9000;
  await appendBars([...Array(count).keys()].map((i) => makeBar(i)));
  let done = 0;
  const long = [...Array(20).keys()].map(() =>
    read(hub.open(ask(["bar"]), log.start), count).then(() => done++)
  );
  await read(hub.open(ask(["bar"]), idOf(log, count - 10)), 10);
  expect(done).toBe(0);
  await Promise.all(long);
});

test("any events, any markets, any time and any reading: each stream has its part of the journal", async () => {
  const symbols = ["BTCUSDT", "ETHUSDT", "XRPUSDT"];
  const query = fc.record({
    kinds: fc.subarray(["bar", "signal"] as const, { minLength: 1 }),
    // Many markets are searched in another way than a few.
    symbols: fc.tuple(fc.subarray(symbols, { minLength: 1 }), fc.constantFrom(0, 80)),
    since: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
    after: fc.integer({ min: 0, max: 100 }),
  });
  const append = fc.array(
    fc.tuple(fc.constantFrom(...symbols), fc.integer({ min: 1, max: 40 }), fc.boolean()),
    { minLength: 2, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(query, { maxLength: 5 }), append, async (queries, appends) => {
      const log = new EmbeddedLog(join(temporaryFolder(), "binance.sqlite"));
      const hub = new EventHub();
      hub.attach({ log, store: log });
      const next = new Map<string, number>();
      const make = ([symbol, count, live]: typeof appends[number]): LogRecord[] => {
        const first = next.get(symbol) ?? 0;
        next.set(symbol, first + count);
        const mark = live ? {} : { backfill: true as const };
        return [...Array(count).keys()].flatMap((i) => [
          ...barRecords({ ...makeBar(first + i, symbol), ...mark }),
          ...signalRecords({ ...makeSignal(first + i, symbol), ...mark }),
        ]);
      };
      const half = appends.length >> 1;
      for (const each of appends.slice(0, half)) await log.append(make(each));
      const sentinel = (symbol: string) =>
        signalRecords(makeSignal(10_000, symbol))
          .concat(barRecords(makeBar(10_000, symbol)));
      const end = eventsOf(log, { filter: everythingOf(...symbols) }).length;
      const streams = queries.map(({ kinds, symbols: [some, others], since, after }) => {
        const many = [...Array(others).keys()].map((i) => `X${i}USDT`);
        const asked = since === undefined ? undefined : makeBar(since).timestamp;
        const from = after < end ? after : 0;
        const position = from === 0 ? log.start : idOf(log, from);
        const stream = hub.open(ask(kinds, [...some, ...many], asked), position);
        return { kinds, some, asked, from, stream };
      });
      for (const each of appends.slice(half)) await log.append(make(each));
      await log.append(symbols.flatMap(sentinel));
      const all = eventsOf(log, { filter: everythingOf(...symbols) });
      for (const { kinds, some, asked, from, stream } of streams) {
        const wanted = all.slice(from).filter(({ kind, symbol, timestamp, backfill }) =>
          kinds.includes(kind) && some.includes(symbol) &&
          (asked === undefined ? !backfill : timestamp >= asked)
        ).map(({ id }) => id);
        expect((await read(stream, wanted.length)).map(({ id }) => id)).toEqual(wanted);
      }
      hub.close();
      await log.close();
    }),
    { numRuns: 25 },
  );
});
