import { excerpt } from "../../../data/common/errors.ts";
import { readLines } from "../../../data/files/lines.ts";
import type { OutgoingFrame } from "../faults/frame_faults.ts";

/** Frames as a client received them from the exchange. */
export interface Capture {
  /** In order of receipt; `time` is the time of receipt. */
  readonly frames: readonly OutgoingFrame[];
  /** Times of the first and the last frame, ms UTC. */
  readonly from: number;
  readonly to: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Receive times are in ns, too large for exact integers: the last six digits become a fraction. */
function milliseconds(nanoseconds: string): number {
  return Number(`${nanoseconds.slice(0, -6)}.${nanoseconds.slice(-6)}`);
}

/**
 * Reads a capture into memory: lines `<receive time, ns UTC> <frame>`, plain or gzip.
 *
 * @throws SyntaxError naming file and line for a malformed line, or one out of order.
 */
export async function readCapture(path: string): Promise<Capture> {
  const frames: OutgoingFrame[] = [];
  for await (const { bytes } of readLines(path)) {
    for (const line of decoder.decode(bytes).split(/\r\n|\r|\n/)) {
      if (line === "") continue;
      const [, received = "", frame = ""] = /^(\d{16,20}) (.+)$/.exec(line) ?? [];
      const time = milliseconds(received);
      const last = frames.at(-1)?.time ?? -Infinity;
      if (frame === "" || time < last) {
        throw new SyntaxError(
          `${path}:${frames.length + 1}: a line must hold a receive time in nanoseconds, not ` +
            `before the last one, and a frame: current value is ${excerpt(line)}`,
        );
      }
      const stream = /^\{"stream":"([^"]*)"/.exec(frame)?.[1] ?? "";
      frames.push({ stream, time, bytes: encoder.encode(frame) });
    }
  }
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last) throw new SyntaxError(`${path}: a capture must hold frames`);
  return { frames, from: Math.floor(first.time), to: Math.ceil(last.time) };
}
