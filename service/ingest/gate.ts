import { deadline } from "../../data/common/std/deadline.ts";

/** What many loops wait at while it is closed. It is open at first. */
export class Gate {
  #opening: PromiseWithResolvers<void> | undefined;

  /** Lets nothing pass from now on. */
  close(): void {
    this.#opening ??= Promise.withResolvers();
  }

  /** Lets everything pass. */
  open(): void {
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  /**
   * Waits while the gate is closed.
   *
   * @throws The signal's reason when that aborts meanwhile.
   */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#opening !== undefined) {
      await deadline(this.#opening.promise, Infinity, { signal });
    }
  }
}
