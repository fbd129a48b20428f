import type { Socket } from "node:net";
import type { HttpBounds } from "../../config.ts";
import type { Addresses } from "./addresses.ts";
import type { Refusals } from "./refusals.ts";
import { Tally } from "./tally.ts";

/** A client must take so many bytes of what waits for it within the write deadline, or all. */
const LEAST_BYTES = 16 << 10;

interface Progress {
  /** Bytes that the system had taken when the time began to count. */
  taken: number;
  /** When, ms. */
  since: number;
}

/** Holds the open connections: not too many, none of a client that does not take its answers. */
export class Connections {
  readonly #most: number;
  readonly #perAddress: Tally;
  readonly #addresses: Addresses;
  readonly #refusals: Refusals;
  readonly #writeMs: number;
  readonly #open = new Map<Socket, Progress>();

  /** @param writeMs Time in which a client must take a part of its answer, ms. */
  constructor(
    { maxConnections, maxPerAddress }: HttpBounds,
    addresses: Addresses,
    refusals: Refusals,
    writeMs: number,
  ) {
    this.#most = maxConnections;
    this.#perAddress = new Tally(maxPerAddress);
    this.#addresses = addresses;
    this.#refusals = refusals;
    this.#writeMs = writeMs;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Counts a connection until it closes, or destroys it when there are too many. */
  admit(socket: Socket): void {
    // A client that breaks the connection off is no news; without a listener it would be an error.
    socket.on("error", () => {});
    const refusal = this.#refusal(socket);
    if (refusal === undefined) return;
    this.#refusals.add(refusal);
    socket.destroy();
  }

  /**
   * Destroys the connections whose clients do not take their answers.
   *
   * @param now Monotonic time, ms.
   */
  check(now: number): void {
    for (const [socket, progress] of this.#open) {
      const waiting = socket.writableLength;
      const taken = socket.bytesWritten - waiting;
      if (waiting === 0 || taken - progress.taken >= LEAST_BYTES) {
        progress.taken = taken;
        progress.since = now;
      } else if (now - progress.since >= this.#writeMs) {
        this.#refusals.add("stalled");
        socket.destroy();
      }
    }
  }

  /** Ends all of them. */
  destroyAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #refusal(socket: Socket): "connections" | "address" | undefined {
    if (this.#open.size >= this.#most) return "connections";
    const address = socket.remoteAddress ?? "";
    const release = this.#addresses.isTrusted(address)
      ? () => {}
      : this.#perAddress.take(this.#addresses.keyOf(address));
    if (release === undefined) return "address";
    this.#open.set(socket, { taken: 0, since: performance.now() });
    socket.on("close", () => {
      this.#open.delete(socket);
      release();
    });
    return undefined;
  }
}
