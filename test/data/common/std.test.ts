/** The doors to deno-std: that each says what its hand-written types promise. */
import { expect, test } from "vitest";
import { BinaryHeap } from "../../../data/common/std/binary_heap.ts";
import { format as formatBytes } from "../../../data/common/std/bytes.ts";
import { chunk } from "../../../data/common/std/chunk.ts";
import { deadline } from "../../../data/common/std/deadline.ts";
import { format as formatDuration } from "../../../data/common/std/duration.ts";
import { ServerSentEventParseStream } from "../../../data/common/std/event_stream.ts";
import { escape } from "../../../data/common/std/html.ts";

/** The bytes of a text in pieces of some bytes. */
function piecesOf(text: string, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = chunk(new TextEncoder().encode(text), size).map((bytes) => new Uint8Array(bytes));
  return ReadableStream.from(pieces);
}

test("a binary heap gives the value that sorts first", () => {
  const heap = new BinaryHeap<number>((a, b) => a - b);
  heap.push(3, 1, 2);
  expect([heap.peek(), heap.length, ...heap.drain(), heap.pop()]).toEqual([
    1,
    3,
    1,
    2,
    3,
    undefined,
  ]);
});

test("sizes and durations are for people", () => {
  expect(formatBytes(1_234_567)).toBe("1.23 MB");
  expect(formatDuration(61_000, { ignoreZero: true })).toBe("1m 1s");
});

test("HTML is escaped", () => {
  expect(escape(`<a href="x">&'`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
});

test("a promise that comes too late fails", async () => {
  await expect(deadline(new Promise(() => {}), 1)).rejects.toMatchObject({ name: "TimeoutError" });
});

test("an event stream is parsed in pieces of any size", async () => {
  const text = ": hello\n\nid: 7\nevent: bar\ndata: {\ndata: }\n\ndata: ü\n\n";
  for (const size of [1, 2, 5, 100]) {
    const events = piecesOf(text, size)
      .pipeThrough(new ServerSentEventParseStream({ ignoreComments: true }));
    expect(await Array.fromAsync(events))
      .toEqual([{ id: "7", event: "bar", data: "{\n}" }, { data: "ü" }]);
  }
});
