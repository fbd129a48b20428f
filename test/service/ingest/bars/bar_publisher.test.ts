import { expect, test } from "vitest";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { BarPublisher } from "../../../../service/ingest/bars/bar_publisher.ts";
import { Vpin } from "../../../../service/ingest/bars/microstructure/vpin.ts";
import { MinuteDraft } from "../../../../service/ingest/bars/minute_draft.ts";
import { MinuteQueue } from "../../../../service/ingest/bars/minute_queue.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { contextWith, START } from "../../world.ts";

/** A publisher that was asked for three thousand minutes, and gets klines up to an open time. */
async function load(until: number): Promise<BarPublisher> {
  const clock = new VirtualClock(START);
  const kline = { open: 100, high: 101, low: 99, close: 100, volume: 1 };
  const klines = (_symbol: string, from: number, to: number) => {
    if (from >= until) return new Promise<never>(() => {});
    const count = Math.min(to, START + MINUTE_MS) - from;
    return Promise.resolve(
      Array.from({ length: count / MINUTE_MS }, (_, i) => ({
        open_time: from + i * MINUTE_MS,
        ...kline,
      })),
    );
  };
  const minutes = new MinuteQueue();
  const publisher = new BarPublisher(contextWith({ rest: { klines }, clock }), {
    ...{ symbol: "BTCUSDT", source: "binance", minutes, historyMinutes: 3000 },
    ...{
      last: undefined,
      firstLive: undefined,
      vpin: new Vpin(),
      audit: { add() {} },
      stream: { catchUp() {} },
    },
    log: { append: () => Promise.resolve(), room: () => Promise.resolve() },
  });
  publisher.run().catch(() => {});
  minutes.push(START);
  await clock.advance(10_000);
  return publisher;
}

test("while history is loaded, the status says how far it is", async () => {
  const publisher = await load(START - 2000 * MINUTE_MS);
  expect(publisher.loading).toEqual({ have: 1998, need: 3000 });
  expect(publisher.overdue).toBeNull();
});

test("history that is loaded is nothing to report", async () => {
  const publisher = await load(START);
  expect(publisher.published).toBe(START - MINUTE_MS);
  expect(publisher.loading).toBeNull();
  expect(publisher.overdue).toBeNull();
});

test("while the log has no room nothing is appended, and then every minute is, once, in order", async () => {
  const clock = new VirtualClock(START);
  const klines = (_symbol: string, from: number, to: number) =>
    Promise.resolve(
      Array.from({ length: (Math.min(to, clock.now()) - from) / MINUTE_MS }, (_, i) => ({
        ...{ open_time: from + i * MINUTE_MS, open: 100, high: 101, low: 99, close: 100 },
        volume: 1,
      })),
    );
  const minutes = new MinuteQueue();
  const room = Promise.withResolvers<void>();
  const appended: number[] = [];
  const publisher = new BarPublisher(contextWith({ rest: { klines }, clock }), {
    ...{ symbol: "BTCUSDT", source: "binance", minutes, historyMinutes: 1 },
    ...{ last: undefined, firstLive: undefined, vpin: new Vpin() },
    ...{ audit: { add() {} }, stream: { catchUp() {} } },
    log: {
      room: () => room.promise,
      append: (records) => {
        appended.push(...records.map(({ record }) => record.timestamp));
        return Promise.resolve();
      },
    },
  });
  publisher.run().catch(() => {});
  minutes.push(START);
  // More than a day of minutes: the queue drops the oldest, which are klines then.
  const days = Array.from({ length: 2000 }, (_, i) => START + i * MINUTE_MS);
  for (const minute of days) {
    await clock.advance(MINUTE_MS);
    minutes.push(new MinuteDraft("BTCUSDT", "binance", minute, "broken"));
  }
  expect(appended).toEqual([]);
  expect(publisher.published).toBeUndefined();
  room.resolve();
  await clock.advance(MINUTE_MS);
  expect(appended).toEqual([START - MINUTE_MS, ...days]);
  expect(publisher.published).toBe(days.at(-1));
});
