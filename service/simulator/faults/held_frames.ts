/** The most frames that a connection holds back by time; beyond, the earliest due goes out at once. */
const MAX_LATE = 65_536;

interface Late {
  readonly due: number;
  readonly bytes: Uint8Array;
}

interface Overtaken {
  /** Frames of its stream that are still to go before it. */
  left: number;
  readonly bytes: Uint8Array;
}

/** Frames of one connection that are held back, by time or until others have overtaken them. */
export class HeldFrames {
  readonly #emit: (bytes: Uint8Array, time: number) => void;
  /** Latest due first, so that the earliest is taken from the end. */
  readonly #late: Late[] = [];
  /** By stream; a stream is there only while it holds frames. */
  readonly #overtaken = new Map<string, Overtaken[]>();

  /** @param emit Takes a frame that is let go, and the exchange time at which it is. */
  constructor(emit: (bytes: Uint8Array, time: number) => void) {
    this.#emit = emit;
  }

  /** When the next frame is due, ms UTC; Infinity when none is. */
  get nextDue(): number {
    return this.#late.at(-1)?.due ?? Infinity;
  }

  /** Holds a frame until an exchange time, ms UTC. */
  holdUntil(due: number, bytes: Uint8Array): void {
    let low = 0;
    let high = this.#late.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#late[middle]?.due ?? 0) > due) low = middle + 1;
      else high = middle;
    }
    this.#late.splice(low, 0, { due, bytes });
    if (this.#late.length > MAX_LATE) this.#letGo(this.#late.pop());
  }

  /** Holds a frame until a number of later ones of its stream have gone. */
  holdBehind(left: number, stream: string, bytes: Uint8Array): void {
    const others = this.#overtaken.get(stream);
    if (others) others.push({ left, bytes });
    else this.#overtaken.set(stream, [{ left, bytes }]);
  }

  /** Lets go what is due at an exchange time. */
  releaseDue(time: number): void {
    while (this.nextDue <= time) this.#letGo(this.#late.pop());
  }

  /** Lets go what has been overtaken enough, now that one more frame of a stream has gone. */
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

  /** Lets everything go. */
  flush(time: number): void {
    while (this.#late.length > 0) this.#letGo(this.#late.pop());
    for (const held of this.#overtaken.values()) {
      for (const { bytes } of held) this.#emit(bytes, time);
    }
    this.#overtaken.clear();
  }

  #letGo(frame: Late | undefined): void {
    if (frame) this.#emit(frame.bytes, frame.due);
  }
}
