import { Problem } from "./problem.ts";
import type { Refusals } from "./http/refusals.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Most answers under way. Each holds two blocks at most, and one block of each is made in turn, so
 * that this bounds both memory and the wait for a block.
 */
const MOST_ANSWERS = 256;
/** When a client that is refused may try again, s. */
const RETRY_AFTER = 2;

/** Bounds the answers of history that are under way. */
export class HistoryGate {
  readonly #refusals: Refusals;
  readonly #most: number;
  #size = 0;

  /** @param most Most answers under way. */
  constructor(refusals: Refusals, most = MOST_ANSWERS) {
    this.#refusals = refusals;
    this.#most = most;
  }

  /** Number of answers under way. */
  get size(): number {
    return this.#size;
  }

  /**
   * Begins an answer, which counts until its stream ends or is cancelled.
   *
   * @throws Problem when there are too many; what `begin` throws.
   */
  async open(begin: () => Promise<ReadableStream<Bytes>>): Promise<ReadableStream<Bytes>> {
    if (this.#size >= this.#most) {
      this.#refusals.add("history");
      throw new Problem(
        503,
        "Too many requests for history",
        `the service makes ${this.#most} answers at once and can make no more`,
        RETRY_AFTER,
      );
    }
    this.#size++;
    try {
      return this.#counted((await begin()).getReader());
    } catch (error) {
      this.#size--;
      throw error;
    }
  }

  #counted(reader: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
    let counted = true;
    const end = () => {
      if (counted) this.#size--;
      counted = false;
    };
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
          end();
        } catch (error) {
          end();
          throw error;
        }
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }
}
