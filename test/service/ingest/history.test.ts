import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bar } from "../../../data/schema/bar.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { START, trade, World } from "../world.ts";

/** Open time of a minute after the first, ms UTC. */
const minute = (n: number) => START + n * MINUTE_MS;

/** A trade in the middle of each minute, `before` of them before the first. */
const tradesOf = (before: number, count: number) =>
  Array.from({ length: count }, (_, i) => trade(i, minute(i - before) + MINUTE_MS / 2, 100 + i));

/** What a journal has of a market. */
class Journal {
  readonly bars: Bar[] = [];

  /** The first minute that was live, ms UTC. */
  get firstLive(): number | undefined {
    return this.bars.find(({ backfill }) => backfill === undefined)?.timestamp;
  }

  /** A run of the service from one time to another, of which no more than some bars are written. */
  async run(
    trades: ReturnType<typeof tradesOf>,
    { from, to, most = Infinity, historyMinutes = 30 }: {
      readonly from: number;
      readonly to: number;
      readonly most?: number;
      readonly historyMinutes?: number;
    },
  ): Promise<void> {
    const { firstLive } = this;
    const past = { historyMinutes, firstLive };
    const world = new World(trades, this.bars.at(-1), 10_000, past);
    await world.advanceTo(from);
    world.market.connected();
    await world.play(trades.filter(({ time }) => time > from && time < to));
    await world.advanceTo(to);
    this.bars.push(...world.published.slice(0, most));
  }

  /** The first and the last minute of the history, and of the news. */
  get parts() {
    const span = (bars: readonly Bar[]) =>
      [bars.at(0), bars.at(-1)].map((bar) => bar && (bar.timestamp - START) / MINUTE_MS);
    return {
      history: span(this.bars.filter(({ backfill }) => backfill)),
      news: span(this.bars.filter(({ backfill }) => !backfill)),
    };
  }
}

test("on a first start, what lies before the first live minute is history, and nothing else", async () => {
  const journal = new Journal();
  await journal.run(tradesOf(60, 80), { from: minute(2), to: minute(6) });
  expect(journal.parts).toEqual({ history: [-28, 1], news: [2, 5 - 1] });
});

test("when nothing was live yet, a restart makes all up to itself history", async () => {
  const trades = tradesOf(60, 600);
  const journal = new Journal();
  await journal.run(trades, { from: minute(0), to: minute(3), most: 10 });
  expect(journal.parts).toEqual({ history: [-30, -21], news: [undefined, undefined] });
  await journal.run(trades, { from: minute(500), to: minute(504) });
  expect(journal.parts).toEqual({ history: [-30, 499], news: [500, 502] });
});

test("once a minute was live, the missed night is news", async () => {
  const trades = tradesOf(60, 600);
  const journal = new Journal();
  // The history and one live minute.
  await journal.run(trades, { from: minute(0), to: minute(3), most: 31 });
  expect(journal.parts).toEqual({ history: [-30, -1], news: [0, 0] });
  await journal.run(trades, { from: minute(500), to: minute(504), historyMinutes: 1000 });
  expect(journal.parts).toEqual({ history: [-30, -1], news: [0, 502] });
});

test("wherever runs end, history is what precedes the first live minute, and no minute is twice or missing", async () => {
  const trades = tradesOf(60, 400);
  const run = fc.record({
    pause: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 1, max: 5 }),
    most: fc.integer({ min: 0, max: 40 }),
    historyMinutes: fc.constantFrom(5, 30),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 5 }), async (runs) => {
      const journal = new Journal();
      let at = 0;
      for (const { pause, length, most, historyMinutes } of runs) {
        const from = minute(at + pause);
        at += pause + length;
        const wasLive = journal.firstLive;
        await journal.run(trades, { from, to: minute(at), most, historyMinutes });
        // What was ever live stays the first; else the minute of this connection is.
        expect([undefined, wasLive ?? from]).toContain(journal.firstLive);
      }
      const { bars, firstLive = Infinity } = journal;
      for (const [i, { timestamp, backfill }] of bars.entries()) {
        expect(timestamp).toBe((bars[0]?.timestamp ?? NaN) + i * MINUTE_MS);
        expect(backfill).toBe(timestamp < firstLive ? true : undefined);
      }
    }),
    { numRuns: 30 },
  );
});
