import type { VirtualClock } from "../clock.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { Feed } from "../broadcast.ts";
import type { Capture } from "./capture.ts";

/** The most frames in one pass, so that REST and pings are not delayed. */
const MAX_FRAMES_A_PASS = 5000;

/** Sends every client all frames of a capture unchanged, regardless of its subscriptions. */
export class Playback implements Feed {
  readonly #capture: Capture;
  readonly #clock: VirtualClock;
  readonly #connections: ReadonlySet<ClientConnection>;
  #sentUntil: number;
  /** Index of the next frame. */
  #next = 0;

  constructor(capture: Capture, clock: VirtualClock, connections: ReadonlySet<ClientConnection>) {
    this.#capture = capture;
    this.#clock = clock;
    this.#connections = connections;
    this.#sentUntil = clock.now();
    this.#next = this.#find(this.#sentUntil, Infinity);
  }

  get sentUntil(): number {
    return this.#sentUntil;
  }

  pass(): void {
    if (!this.#clock.running) return;
    const end = this.#clock.now() + 1;
    const first = this.#next;
    this.#next = this.#find(end, first + MAX_FRAMES_A_PASS);
    const { frames } = this.#capture;
    const due = frames.slice(first, this.#next);
    this.#sentUntil = Math.max(this.#sentUntil, Math.min(end, frames[this.#next]?.time ?? end));
    for (const connection of this.#connections) connection.send(due, this.#sentUntil - 1);
  }

  /** Index of the first frame from the next on that is not before a time, at most `limit`. */
  #find(time: number, limit: number): number {
    const { frames } = this.#capture;
    let index = this.#next;
    while (index < Math.min(limit, frames.length) && (frames[index]?.time ?? Infinity) < time) {
      index++;
    }
    return index;
  }
}
