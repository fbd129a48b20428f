import { setImmediate as nextTurn } from "node:timers/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EmbeddedLog } from "../../../service/bus/embedded/embedded_log.ts";
import { EventHub } from "../../../service/serve/event_hub.ts";
import type { StreamEvent, StreamQuery } from "../../../service/serve/query.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import { barRecords, makeBar, makeSignal, signalRecords } from "../../support/records.ts";
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
  return log.start.replace(/0$/, String(n));
}

function ask(events: StreamEvent[], symbols = ["BTCUSDT"]): StreamQuery {
  return { events: new Set(events), symbols: new Set(symbols) };
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
  while (hub.size === 2) {
    hub.nowcast(makeSignal(0));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await expect((async () => {
    for await (const _ of idle);
  })()).rejects.toThrow("reads too slowly");
  hub.close();
  expect((await reading).length).toBeGreaterThan(50);
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
