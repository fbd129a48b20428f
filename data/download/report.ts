import type { Series } from "./dump.ts";
import { describeDays } from "./period.ts";
import type { Result } from "./run.ts";

/** Failures named one by one; more than these only make the line unreadable. */
const NAMED = 5;

/** A size for people, in decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** What became of an order, in one line. */
export function describeResult(series: Series, result: Result, seconds: number): string {
  const { symbol, kind, market } = series;
  const { downloaded, kept, missing, failed, untried, bytes } = result;
  const days = missing.length === 0
    ? "nothing missing"
    : `${count(missing.length, "day")} missing (${describeDays(missing)})`;
  const nothing = downloaded.length + kept.length + failed.length === 0;
  const parts = [
    `${count(downloaded.length, "file")} downloaded`,
    `${kept.length} kept`,
    days,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(untried > 0 ? [`${untried} not tried`] : []),
    formatBytes(bytes),
    `${seconds.toFixed(1)} s`,
  ];
  const hint = nothing ? `; is there a market ${symbol}?` : "";
  return `${symbol} ${kind} (${market}): ${parts.join(", ")}${hint}`;
}

/** Which files could not be had, and why, in one line. */
export function describeFailures({ failed, untried }: Result): string {
  const named = failed.slice(0, NAMED).map(({ name, reason }) => `${name}: ${reason}`);
  const more = failed.length - named.length;
  const names = failed.slice(NAMED).map(({ name }) => name).join(", ");
  return "Cannot download " + named.join("; ") +
    (more > 0 ? `; and ${more} more (${names})` : "") +
    (untried > 0 ? `; ${untried} further not tried` : "");
}
