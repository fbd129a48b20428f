import { expect, test } from "vitest";
import { systemClock } from "../../../data/common/clock.ts";

test("a wait ends with the signal's reason as soon as it aborts", async () => {
  const closing = new AbortController();
  const wait = systemClock.sleep(1e9, closing.signal);
  closing.abort(new Error("closed"));
  await expect(wait).rejects.toThrow("closed");
  await expect(systemClock.sleep(0, closing.signal)).rejects.toThrow("closed");
});

test("the monotonic clock does not run backwards over a wait", async () => {
  const before = systemClock.monotonic();
  await systemClock.sleep(1);
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
});
