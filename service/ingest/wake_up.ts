/** Wakes a loop that waits for work; a notification before the wait is not lost. */
export class WakeUp {
  #notified = false;
  #wake: (() => void) | undefined;

  /** Wakes the loop, now or when it next waits. */
  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  /** Waits for a notification; one loop at a time. */
  async wait(): Promise<void> {
    if (!this.#notified) await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = undefined;
    this.#notified = false;
  }
}
