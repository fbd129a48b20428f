import process from "node:process";

/** A progress line on the terminal. */
export interface Progress {
  /** Sets how much of the total is done. */
  update(done: number): void;
  /** Erases the line. */
  end(): void;
}

const REDRAW_MS = 100;

/**
 * Shows the progress of long work on stderr: share done, rate and time left. Silent when stderr
 * is not a terminal, so that logs stay clean.
 *
 * @param label What is going on, a few words.
 * @param total The value of `done` at which the work is complete.
 */
export function createProgress(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  const started = performance.now();
  let drawn = -Infinity;
  return {
    update(done) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const seconds = (now - started) / 1000;
      const left = share > 0 ? Math.ceil(seconds / share - seconds) : 0;
      const filled = Math.round(share * 24);
      const bar = "█".repeat(filled) + "░".repeat(24 - filled);
      const percent = String(Math.round(share * 100)).padStart(3);
      process.stderr.write(`\r\x1b[K${label} ${bar} ${percent} %  ${left} s left`);
    },
    end() {
      process.stderr.write("\r\x1b[K");
    },
  };
}
