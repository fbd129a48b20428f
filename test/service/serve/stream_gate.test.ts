import { expect, onTestFinished, test } from "vitest";
import { Refusals } from "../../../service/serve/http/refusals.ts";
import { Problem } from "../../../service/serve/problem.ts";
import { StreamGate } from "../../../service/serve/stream_gate.ts";
import { until } from "../../support/until.ts";

/** A gate for two streams over a hub that counts them. */
function setUp() {
  const streams = { size: 0 };
  const refusals = new Refusals();
  const gate = new StreamGate(2, streams, refusals, 10);
  onTestFinished(() => gate.close());
  const open = (name: string) => {
    const stream = () => {
      streams.size++;
      return new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${name}\n\n`)),
        cancel() {
          streams.size--;
        },
      });
    };
    return stream;
  };
  return { gate, streams, refusals, open };
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

test("a new client beyond the bound is refused with the time to try again", () => {
  const { gate, refusals, open } = setUp();
  gate.open({ resumes: false, open: open("a") });
  gate.open({ resumes: true, open: open("b") });
  expect(() => gate.open({ resumes: false, open: open("c") }))
    .toThrow(expect.objectContaining({ status: 503, retryAfter: 5 }));
  expect(() => gate.open({ resumes: false, open: open("c") })).toThrow(Problem);
  expect(refusals.count("streams")).toBe(2);
});

test("clients that resume beyond the bound wait and get their turn in order", async () => {
  const { gate, streams, open } = setUp();
  const first = gate.open({ resumes: false, open: open("a") });
  gate.open({ resumes: false, open: open("b") });
  const third = gate.open({ resumes: true, open: open("c") }).getReader();
  const fourth = gate.open({ resumes: true, open: open("d") }).getReader();
  expect(await readText(third)).toMatch(/^retry: 2000\n: .*waits for its turn\n\n$/);
  expect([gate.waiting, streams.size]).toEqual([2, 2]);
  await first.cancel();
  await readText(fourth);
  expect(await readText(third)).toBe("data: c\n\n");
  expect(gate.waiting).toBe(1);
  await third.cancel();
  expect(await readText(fourth)).toBe("data: d\n\n");
  await fourth.cancel();
  await until("room again", () => streams.size === 1 || undefined);
});

test("a client that leaves while it waits takes no stream", async () => {
  const { gate, streams, open } = setUp();
  const first = gate.open({ resumes: false, open: open("a") });
  gate.open({ resumes: false, open: open("b") });
  await gate.open({ resumes: true, open: open("c") }).cancel();
  expect(gate.waiting).toBe(0);
  await first.cancel();
  expect(streams.size).toBe(1);
});

test("those who wait do not let a new client pass", async () => {
  const { gate, open } = setUp();
  const first = gate.open({ resumes: false, open: open("a") });
  gate.open({ resumes: false, open: open("b") });
  gate.open({ resumes: true, open: open("c") });
  await first.cancel();
  expect(() => gate.open({ resumes: false, open: open("d") })).toThrow(Problem);
});

test("a close says goodbye to those who wait, and ends their streams", async () => {
  const { gate, open } = setUp();
  gate.open({ resumes: false, open: open("a") });
  gate.open({ resumes: false, open: open("b") });
  const waiting = gate.open({ resumes: true, open: open("c") });
  gate.close();
  expect(await new Response(waiting).text()).toMatch(
    /\n\nevent: goodbye\ndata: \{"reason":"shutdown","retry":2000\}\n\n$/,
  );
});
