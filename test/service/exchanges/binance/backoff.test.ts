import { expect, test } from "vitest";
import { Backoff } from "../../../../service/exchanges/binance/backoff.ts";

test("waits double up to the bound and start over after a reset", () => {
  const backoff = new Backoff(500, 3000, () => 1);
  const waits = () => Array.from({ length: 5 }, () => backoff.next());
  expect(waits()).toEqual([500, 1000, 2000, 3000, 3000]);
  backoff.reset();
  expect(backoff.next()).toBe(500);
});

test("jitter shortens a wait by at most half", () => {
  expect(new Backoff(500, 3000, () => 0).next()).toBe(250);
});
