import fc from "fast-check";
import { expect, it } from "vitest";
import { readEvents, type SentEvent } from "../../../service/dashboard/client/event_reader.ts";

async function readAll(text: string, cuts: readonly number[]): Promise<SentEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])]
    .sort((a, b) => a - b);
  const parts = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
  const events: SentEvent[] = [];
  for await (const event of readEvents(ReadableStream.from(parts), () => {})) events.push(event);
  return events;
}

it("reads the events of a stream, however it is cut", async () => {
  const text = 'retry: 2000\n\n: a comment\n\nevent: status\ndata: {"a":"币安: x"}\n\n' +
    "id: J:1\r\nevent: signal\r\ndata: 1\r\ndata:2\r\n\r\nevent: nowcast\ndata: {}\n\n" +
    "event: without data\n\nevent: cut\ndata: lost";
  const events = [
    { event: "status", data: '{"a":"币安: x"}', lastId: "" },
    { event: "signal", data: "1\n2", lastId: "J:1" },
    { event: "nowcast", data: "{}", lastId: "J:1" },
  ];
  await fc.assert(fc.asyncProperty(fc.array(fc.nat()), async (cuts) => {
    expect(await readAll(text, cuts)).toEqual(events);
  }));
});
