import { describe, expect, test } from "vitest";
import type { Bar } from "../../../../../data/schema/bar.ts";
import { Vpin } from "../../../../../service/ingest/bars/microstructure/vpin.ts";
import { makeBar } from "../../../../support/records.ts";

const DAY = 1440;

/** A bar of the minute `index` of which so much was bought and sold. */
function flow(index: number, bought: number, sold: number): Bar {
  const volumes = { volume: bought + sold, taker_buy_volume: bought, taker_sell_volume: sold };
  return { ...makeBar(index), ...volumes };
}

function push(vpin: Vpin, from: number, to: number, bought: number, sold: number): Vpin {
  for (let index = from; index < to; index++) vpin.push(flow(index, bought, sold));
  return vpin;
}

describe("Vpin", () => {
  test("is null on the first day and until 50 buckets are full", () => {
    const vpin = push(new Vpin(), 0, DAY, 3, 1);
    expect(vpin.value).toBeNull();
    push(vpin, DAY, 2 * DAY - 1, 3, 1);
    expect(vpin.value).toBeNull();
    push(vpin, 2 * DAY - 1, 2 * DAY, 3, 1);
    // The last bucket closes with the first trade that does not fit.
    push(vpin, 2 * DAY, 2 * DAY + 60, 3, 1);
    expect(vpin.value).not.toBeNull();
  });

  test("a bucket holds a 50th of the volume of the day before", () => {
    const size = 4 * DAY / 50;
    const vpin = push(new Vpin(), 0, DAY, 3, 1);
    vpin.push(flow(DAY, 49.8 * size, 0));
    expect(vpin.value).toBeNull();
    vpin.push(flow(DAY + 1, 0.4 * size, 0));
    expect(vpin.value).toBe(1);
  });

  test("a flow of constant imbalance has that imbalance", () => {
    const vpin = push(new Vpin(), 0, 2 * DAY + 120, 3, 1);
    expect(vpin.value).toBeCloseTo(0.5, 12);
  });

  test("a minute larger than a bucket fills several, each with its share", () => {
    const vpin = push(new Vpin(), 0, DAY, 1, 1);
    vpin.push(flow(DAY, 40 * DAY, 0));
    expect(vpin.value).toBe(1);
  });

  test("a minute of absurd volume takes bounded time", () => {
    const vpin = push(new Vpin(), 0, DAY, 1e-8, 0);
    vpin.push(flow(DAY, 1e15, 0));
    expect(vpin.value).toBe(1);
  });

  test("opposite flows within a bucket cancel", () => {
    const vpin = push(new Vpin(), 0, DAY, 25, 25);
    for (let i = DAY; i < 2.5 * DAY; i++) vpin.push(flow(i, i % 2 * 50, 50 - i % 2 * 50));
    expect(vpin.value).toBeLessThan(0.05);
  });

  test("has no buckets on the day after a day with a missing minute", () => {
    const vpin = push(new Vpin(), 1, DAY, 1, 1);
    expect(push(vpin, DAY, 2 * DAY, 100, 0).value).toBeNull();
  });

  test("is bit for bit the same after a month as after this day and the three before it", () => {
    const bars = Array.from(
      { length: 12 * DAY },
      (_, i) => flow(i, 1 + i * i % 101 / 7, 1 + i * 31 % 97 / 9),
    );
    const long = new Vpin();
    const short = new Vpin();
    for (const [i, bar] of bars.entries()) {
      long.push(bar);
      if (i >= 8 * DAY) short.push(bar);
    }
    expect(long.value).not.toBeNull();
    expect(short.value).toBe(long.value);
  });
});
