import process from "node:process";
import { formatBytes } from "./report.ts";
import type { OnProgress } from "./run.ts";

const REDRAW_MS = 100;
const WIDTH = 24;

/** Time for people: `12 s`, `3 min 20 s`, `1 h 5 min`. */
function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The progress of a download in one line: share, files, bytes, rate and time left. */
export function progressLine(state: Parameters<OnProgress>[0], seconds: number): string {
  const share = Math.min(1, state.share);
  const filled = Math.round(share * WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
  const percent = String(Math.round(share * 100)).padStart(3);
  const rate = formatBytes(Math.round(seconds > 0 ? state.bytes / seconds : 0));
  const left = share > 0 ? formatSeconds(Math.ceil(seconds / share - seconds)) + " left" : "";
  const files = `${state.files} files`;
  return `download ${bar} ${percent} %  ${files}  ${formatBytes(state.bytes)}  ${rate}/s  ${left}`;
}

/** A progress line on the terminal; silent where stderr is none. */
export function createDownloadProgress(): { update: OnProgress; end: () => void } {
  if (!process.stderr.isTTY) return { update() {}, end() {} };
  const started = performance.now();
  let drawn = -Infinity;
  return {
    update(state) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      process.stderr.write(`\r\x1b[K${progressLine(state, (now - started) / 1000)}`);
    },
    end() {
      process.stderr.write("\r\x1b[K");
    },
  };
}
