import { describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { faulty, START, tradeId } from "./faulty.ts";

const COUNT = 1000;

/** What a client receives of the whole recording, and the faults that were counted. */
async function play(
  spec: string,
  steps = 1,
): Promise<{ frames: string[]; counts: Readonly<Record<string, number>> }> {
  const { exchange, timers } = await faulty(spec, { count: COUNT });
  const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
  for (let step = 0; step < steps; step++) timers.advance(Math.ceil(COUNT / steps) * 1000);
  timers.advance(20);
  await client.settle();
  return { frames: client.frames, counts: exchange.faults.counts };
}

const ids = (frames: readonly string[]) => frames.map(tradeId);
const ALL = Array.from({ length: COUNT }, (_, i) => i);
/** What is left of a frame when its time of sending is ignored. */
const timeless = (frames: readonly string[]) => frames.map((frame) => frame.replace(/"E":\d+/, ""));

test("without faults every trade comes once, in order, and nothing is counted", async () => {
  const { frames, counts } = await play("");
  expect(ids(frames)).toEqual(ALL);
  expect(counts).toEqual({});
});

test("drop: frames are missing, as many as are counted, at about the rate given", async () => {
  const { frames, counts } = await play("drop 10%");
  expect(ids(frames)).toEqual(ALL.filter((id) => ids(frames).includes(id)));
  expect(counts.drop).toBe(COUNT - frames.length);
  expect(counts.drop).toBeGreaterThan(70);
  expect(counts.drop).toBeLessThan(130);
});

test("drop within a period: no frame is missing outside", async () => {
  const { frames } = await play("drop at 100s for 50s; drop every 5m for 10s");
  const within = (id: number, from: number, length: number) => id >= from && id < from + length;
  expect(ids(frames)).toEqual(
    ALL.filter((id) =>
      !within(id, 100, 50) && !within(id, 300, 10) && !within(id, 600, 10) && !within(id, 900, 10)
    ),
  );
});

test("duplicate: frames come twice, as many as are counted", async () => {
  const { frames, counts } = await play("duplicate 10%");
  expect(frames).toHaveLength(COUNT + (counts.duplicate ?? NaN));
  expect([...new Set(ids(frames))]).toEqual(ALL);
  expect(counts.duplicate).toBeGreaterThan(70);
});

test("reorder: every frame comes once, overtaken by a few, to the end of the recording", async () => {
  const { frames, counts } = await play("reorder 10% within 4");
  const order = ids(frames).map(Number);
  expect(order.toSorted((a, b) => a - b)).toEqual(ALL);
  const overtaken = order.map((id, i) => order.slice(0, i).filter((other) => other > id).length);
  expect(overtaken.filter((by) => by > 0).length).toBeGreaterThan(50);
  expect(Math.max(...overtaken)).toBeGreaterThanOrEqual(3);
  expect(Math.max(...overtaken)).toBeLessThanOrEqual(8);
  expect(counts.reorder).toBeGreaterThan(70);
});

test("delay: every frame comes once, some behind those of the next seconds", async () => {
  const { frames, counts } = await play("delay 40% by 2500ms..4500ms");
  const order = ids(frames).map(Number);
  expect(order.toSorted((a, b) => a - b)).toEqual(ALL);
  const late = order.filter((id, i) => order.slice(0, i).some((other) => other > id + 1));
  expect(late.length).toBeGreaterThan(250);
  expect(late.length).toBeLessThanOrEqual(counts.delay ?? 0);
  for (const id of late) {
    const before = order.slice(0, order.indexOf(id));
    expect(Math.max(...before) - id).toBeGreaterThanOrEqual(2);
    expect(Math.max(...before) - id).toBeLessThanOrEqual(4);
  }
});

test("a duplicate may come late: it passes the same faults as the frame itself", async () => {
  const { frames } = await play("duplicate 20%; delay 20% by 5s");
  const order = ids(frames).map(Number);
  const apart = order.filter((id, i) => order.lastIndexOf(id) > i + 1);
  expect(apart.length).toBeGreaterThan(20);
  expect(new Set(order).size).toBe(COUNT);
});

test("garbage: frames that are not trades come between the others", async () => {
  const { frames, counts } = await play("garbage 30%");
  expect(ids(frames).filter((id) => id !== undefined)).toEqual(ALL);
  expect(frames).toHaveLength(COUNT + (counts.garbage ?? NaN));
  expect(new Set(frames.filter((frame) => tradeId(frame) === undefined)).size)
    .toBeGreaterThan(100);
});

describe("a damaged frame replaces the original", () => {
  test("truncate", async () => {
    const { frames, counts } = await play("truncate 10%");
    expect(frames).toHaveLength(COUNT);
    const whole = (await play("")).frames;
    const damaged = frames.filter((frame, i) => frame !== whole[i]);
    expect(damaged).toHaveLength(counts.truncate ?? NaN);
    expect(damaged.length).toBeGreaterThan(70);
    for (const [i, frame] of frames.entries()) {
      expect(whole[i]?.startsWith(frame)).toBe(true);
      if (frame !== whole[i]) expect(() => JSON.parse(frame)).toThrow(SyntaxError);
    }
  });

  test("wrong-types: the frame is JSON and not a trade, in many ways", async () => {
    const { frames, counts } = await play("wrong-types 30%");
    const damaged = frames.filter((frame) => tradeId(frame) === undefined);
    expect(frames).toHaveLength(COUNT);
    expect(damaged).toHaveLength(counts["wrong-types"] ?? NaN);
    const ways = damaged.map((frame) => {
      const { e, a, p, q, T, m } = JSON.parse(frame);
      const right = [
        e === "aggTrade",
        Number.isInteger(a),
        typeof p === "string",
        typeof q === "string",
        Number.isInteger(T),
        typeof m === "boolean",
      ];
      expect(right).toContain(false);
      return right.indexOf(false);
    });
    expect(new Set(ways)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  test("absurd-prices: all fields but the price are right", async () => {
    const { frames, counts } = await play("absurd-prices 30%");
    const damaged = frames.filter((frame) => tradeId(frame) === undefined);
    expect(frames).toHaveLength(COUNT);
    expect(damaged).toHaveLength(counts["absurd-prices"] ?? NaN);
    expect(new Set(damaged.map((frame) => JSON.parse(frame).p))).toEqual(
      new Set(["0", "0.00000000", "-1.00000000", "1e300", "NaN", "Infinity", ""]),
    );
    const mended = frames.map((frame) => frame.replace(/"p":"[^"]*"/, '"p":"61837.63000000"'));
    expect(ids(mended)).toEqual(ALL);
  });
});

describe("chance", () => {
  const STORM = "drop 5%; duplicate 5%; reorder 5%; delay 5% by 1s..9s; garbage 5%; truncate 5%";

  test("is the same for the same seed, for any length of the passes", async () => {
    const [one, many] = [await play(`seed=3; ${STORM}`), await play(`seed=3; ${STORM}`, 137)];
    expect(timeless(many.frames)).toEqual(timeless(one.frames));
    expect(many.counts).toEqual(one.counts);
    const other = await play(`seed=4; ${STORM}`);
    expect(timeless(other.frames)).not.toEqual(timeless(one.frames));
  });

  test("is each clause's own: one more clause leaves the others where they were", async () => {
    const lost = async (spec: string) => {
      const received = new Set(ids((await play(spec)).frames));
      return ALL.filter((id) => !received.has(id));
    };
    expect(await lost("drop 5%; duplicate 5%; garbage 5%")).toEqual(await lost("drop 5%"));
  });

  test("differs between two equal clauses", async () => {
    const { frames } = await play("drop 10%; drop 10%");
    expect(frames.length).toBeLessThan(COUNT * 0.85);
  });

  test("is each connection's own", async () => {
    const { exchange, timers } = await faulty("drop 5%");
    const url = `${exchange.wsUrl}/ws/btcusdt@aggTrade`;
    const clients = [await Client.connect(url), await Client.connect(url)];
    timers.advance(1_100_000);
    for (const client of clients) await client.settle();
    const [first = [], second = []] = clients.map((client) => ids(client.frames));
    expect(first).not.toEqual(second);
  });
});

test("the market does not change: REST has the dropped trades", async () => {
  const { exchange, timers } = await faulty("drop 100%");
  await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
  timers.advance(1_100_000);
  const query = "symbol=BTCUSDT&fromId=0&limit=1000";
  const rows: unknown = await (await fetch(`${exchange.url}/api/v3/aggTrades?${query}`)).json();
  expect(rows).toMatchObject(ALL.map((id) => ({ a: id, T: START + id * 1000 })));
});
