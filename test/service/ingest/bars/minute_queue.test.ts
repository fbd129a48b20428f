import { expect, test } from "vitest";
import { MinuteDraft } from "../../../../service/ingest/bars/minute_draft.ts";
import { MinuteQueue } from "../../../../service/ingest/bars/minute_queue.ts";
import { at } from "../../world.ts";

const draft = (minute: number) => new MinuteDraft("BTCUSDT", "binance", at(minute, 0), "open");

test("entries are taken in order, by one who waits as well as later", async () => {
  const queue = new MinuteQueue();
  const first = queue.take();
  const entries = [at(0, 0), draft(0), draft(1)];
  for (const entry of entries) queue.push(entry);
  expect([await first, await queue.take(), await queue.take()]).toEqual(entries);
});

test("a full queue drops its oldest draft, but never the time up to which klines are wanted", async () => {
  const queue = new MinuteQueue();
  const drafts = Array.from({ length: 1440 }, (_, i) => draft(i));
  queue.push(at(0, 0));
  for (const each of drafts) queue.push(each);
  expect(drafts.map(({ settled }) => settled).filter(Boolean)).toHaveLength(1);
  expect(drafts[0]?.settled).toBe(true);
  expect([await queue.take(), await queue.take()]).toEqual([at(0, 0), drafts[1]]);
});
