import process from "node:process";
import { format as formatDuration } from "./std/duration.ts";

/** A progress line on the terminal. */
export interface Progress {
  /**
   * Sets how much of the total is done.
   *
   * @param detail More to show, a few words.
   */
  update(done: number, detail?: string): void;
  /** Erases the line. */
  end(): void;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

/**
 * The text of a progress line: share done, detail and time left.
 *
 * @param share Share done, 0 to 1.
 * @param elapsedMs Time since the start, ms.
 */
export function progressLine(
  label: string,
  share: number,
  elapsedMs: number,
  detail?: string,
): string {
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const percent = String(Math.round(share * 100)).padStart(3);
  const seconds = share > 0 ? Math.ceil((elapsedMs / share - elapsedMs) / 1000) : 0;
  const left = seconds > 0 ? `${formatDuration(1000 * seconds, { ignoreZero: true })} left` : "";
  return [`${label} ${bar} ${percent} %`, detail, left].filter(Boolean).join("  ");
}

/**
 * Shows the progress of long work on stderr. Silent when stderr is not a terminal, so that logs
 * stay clean.
 *
 * @param label What is being done, a few words.
 * @param total The value of `done` at which the work is complete.
 */
export function createProgress(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  const started = performance.now();
  let drawn = -Infinity;
  return {
    update(done, detail) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      const share = total > 0 ? Math.min(1, done / total) : 1;
      process.stderr.write(`\r\x1b[K${progressLine(label, share, now - started, detail)}`);
    },
    end() {
      process.stderr.write("\r\x1b[K");
    },
  };
}

/** Shows the stages of long work, one progress line after the other. */
export class StagedProgress {
  #stage: string | undefined;
  #line: Progress | undefined;

  /** Sets how much of a stage is done; another stage replaces the line of the one before. */
  update(stage: string, done: number, total: number): void {
    if (stage !== this.#stage) {
      this.end();
      this.#line = createProgress(stage, total);
      this.#stage = stage;
    }
    this.#line?.update(done);
  }

  /** Erases the line. */
  end(): void {
    this.#line?.end();
  }
}
