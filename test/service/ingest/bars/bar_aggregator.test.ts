import { expect, test } from "vitest";
import { BarAggregator } from "../../../../service/ingest/bars/bar_aggregator.ts";
import type { ClosedMinute } from "../../../../service/ingest/bars/minute_queue.ts";
import { at, trade } from "../../world.ts";

function create() {
  const closed: ClosedMinute[] = [];
  const aggregator = new BarAggregator("BTCUSDT", "binance", closed);
  let id = 0;
  return {
    aggregator,
    closed,
    /** The next trade, at a time. */
    add: (time: number, repaired = false) => aggregator.trade(trade(++id, time), repaired),
    /** Closed minutes as "minute state trades", and the times up to which there are no trades. */
    shown: () =>
      closed.map((entry) =>
        typeof entry === "number"
          ? `from ${minute(entry)}`
          : `${minute(entry.timestamp)} ${entry.state} ${entry.trades}`
      ),
  };
}

const minute = (time: number) => (time - at(0, 0)) / 60_000;

test("a trade of a later minute proves the minutes before complete, empty ones too", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  add(at(0, 6));
  add(at(3, 1));
  expect(shown()).toEqual(["from 0", "0 proven 2", "1 proven 0", "2 proven 0"]);
});

test("a minute that the clock closes is open until a later trade proves it", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  aggregator.closeBefore(at(2, 0));
  expect(shown()).toEqual(["from 0", "0 open 1", "1 open 0"]);
  add(at(1, 30));
  expect(shown()).toEqual(["from 0", "0 proven 1", "1 open 1"]);
  add(at(2, 1));
  expect(shown()).toEqual(["from 0", "0 proven 1", "1 proven 1"]);
});

test("behind a break every minute up to that of the next trade is incomplete", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  aggregator.closeBefore(at(1, 0));
  aggregator.breakOff();
  add(at(3, 1));
  add(at(4, 1));
  // Minutes 1 and 2 are not known to be empty: they are left out, to be taken from klines.
  expect(shown()).toEqual(["from 0", "0 broken 1", "1 broken 0", "3 broken 1"]);
});

test("a new anchor makes the minute of the last trades incomplete", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  aggregator.anchor(at(2, 0));
  add(at(2, 5));
  add(at(3, 1));
  expect(shown()).toEqual(["from 0", "0 broken 1", "from 2", "2 proven 1"]);
});

test("a new anchor in a minute of trades takes them again", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  add(at(0, 6));
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  add(at(1, 1));
  expect(shown()).toEqual(["from 0", "from 0", "0 proven 1"]);
});

test("after hours without a trade the minutes between are left to klines", () => {
  const { aggregator, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  add(at(241, 5));
  expect(shown()).toEqual(["from 0", "0 proven 1"]);
});

test("a trade of a closed minute is added to it until that is settled, then it is late", () => {
  const { aggregator, closed, add, shown } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  aggregator.closeBefore(at(1, 0));
  add(at(0, 59));
  expect(shown()).toEqual(["from 0", "0 open 2"]);
  for (const entry of closed) if (typeof entry !== "number") entry.settled = true;
  add(at(0, 59));
  expect(shown()).toEqual(["from 0", "0 open 2"]);
  expect(aggregator.late).toBe(1);
});

test("the forming bar is that of the current minute, and only with trades", () => {
  const { aggregator, add } = create();
  aggregator.anchor(at(0, 0));
  expect(aggregator.forming).toBeUndefined();
  add(at(0, 5));
  expect(aggregator.forming).toMatchObject({ timestamp: at(0, 0), num_trades: 1 });
});

test("repaired trades show in the quality of the bar", () => {
  const { aggregator, closed, add } = create();
  aggregator.anchor(at(0, 0));
  add(at(0, 5));
  add(at(0, 6), true);
  add(at(1, 1));
  const [, draft] = closed;
  expect(typeof draft === "object" && draft.bar(undefined)?.quality).toBe("repaired");
});
