import { BinaryHeap } from "../../../data/common/std/binary_heap.ts";

/** The most delayed frames of a connection; beyond this the earliest is sent at once. */
const MAX_LATE = 65_536;

interface Late {
  /** Exchange time, ms UTC. */
  readonly due: number;
  /** Frames due at the same time go out in the order in which they were held. */
  readonly order: number;
  readonly bytes: Uint8Array;
}

interface Overtaken {
  /** Frames of its stream that still overtake it. */
  left: number;
  readonly bytes: Uint8Array;
}

/** Frames of one connection that are held for a time or until others have overtaken them. */
export class HeldFrames {
  readonly #emit: (bytes: Uint8Array, time: number) => void;
  /** The frame that is due first comes first. */
  readonly #late = new BinaryHeap<Late>((a, b) => a.due - b.due || a.order - b.order);
  #count = 0;
  /** By stream, for streams with held frames. */
  readonly #overtaken = new Map<string, Overtaken[]>();

  /** @param emit Sends a released frame, with the exchange time of its release. */
  constructor(emit: (bytes: Uint8Array, time: number) => void) {
    this.#emit = emit;
  }

  /** When the next frame is due, ms UTC; Infinity when none is. */
  get nextDue(): number {
    return this.#late.peek()?.due ?? Infinity;
  }

  /** Holds a frame until an exchange time, ms UTC. */
  holdUntil(due: number, bytes: Uint8Array): void {
    this.#late.push({ due, order: this.#count++, bytes });
    if (this.#late.length > MAX_LATE) this.#release(this.#late.pop());
  }

  /** Holds a frame until a number of later ones of its stream were sent. */
  holdBehind(left: number, stream: string, bytes: Uint8Array): void {
    const others = this.#overtaken.get(stream);
    if (others) others.push({ left, bytes });
    else this.#overtaken.set(stream, [{ left, bytes }]);
  }

  /** Releases the frames that are due at an exchange time. */
  releaseDue(time: number): void {
    while (this.nextDue <= time) this.#release(this.#late.pop());
  }

  /** Counts one more sent frame of a stream, and releases those that were overtaken enough. */
  overtake(stream: string, time: number): void {
    const held = this.#overtaken.get(stream);
    if (held === undefined) return;
    for (const frame of held) {
      if (--frame.left === 0) this.#emit(frame.bytes, time);
    }
    const rest = held.filter(({ left }) => left > 0);
    if (rest.length > 0) this.#overtaken.set(stream, rest);
    else this.#overtaken.delete(stream);
  }

  /** Releases all frames. */
  flush(time: number): void {
    for (const frame of this.#late.drain()) this.#release(frame);
    for (const held of this.#overtaken.values()) {
      for (const { bytes } of held) this.#emit(bytes, time);
    }
    this.#overtaken.clear();
  }

  #release(frame: Late | undefined): void {
    if (frame) this.#emit(frame.bytes, frame.due);
  }
}
