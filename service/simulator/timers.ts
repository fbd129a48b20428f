/** Real time as the stand-in sees it; tests put their own in its place. */
export interface Timers {
  /** Real time, ms UTC. */
  readonly now: () => number;
  /**
   * Calls `task` again and again.
   *
   * @returns Ends it.
   */
  every(intervalMs: number, task: () => void): () => void;
}

/** The machine's own clock and timers. */
export const systemTimers: Timers = {
  now: Date.now,
  every(intervalMs, task) {
    const timer = setInterval(task, intervalMs);
    return () => clearInterval(timer);
  },
};
