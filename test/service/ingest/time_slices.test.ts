import { expect, test } from "vitest";
import { TimeSlices } from "../../../service/ingest/time_slices.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

test("work continues within a slice and pauses between two", async () => {
  const clock = new VirtualClock();
  const slices = new TimeSlices(clock, new AbortController().signal);
  await clock.advance(4);
  await slices.next();
  expect(clock.sleeping).toBe(0);
  await clock.advance(1);
  const next = slices.next();
  expect(clock.sleeping).toBe(1);
  await clock.advance(0);
  await next;
  await slices.next();
  expect(clock.sleeping).toBe(0);
});

test("the end of the work ends its pause", async () => {
  const clock = new VirtualClock();
  const closing = new AbortController();
  const slices = new TimeSlices(clock, closing.signal);
  await clock.advance(5);
  const ended = expect(slices.next()).rejects.toThrow("closed");
  closing.abort(new Error("closed"));
  await ended;
});
