import { format as formatBytes } from "../common/std/bytes.ts";
import type { Series } from "./dump.ts";
import { describeDays } from "./period.ts";
import type { Result } from "./run.ts";

/** Failures that are named with their reason; of further ones only the file is named. */
const NAMED = 5;

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** The result of an order in one line. */
export function describeResult(series: Series, result: Result, seconds: number): string {
  const { symbol, kind, market } = series;
  const { downloaded, unverified, kept, missing, failed, untried, bytes } = result;
  const days = missing.length === 0
    ? "nothing missing"
    : `${count(missing.length, "day")} missing (${describeDays(missing)})`;
  const nothing = downloaded.length + unverified.length + kept.length + failed.length === 0;
  const parts = [
    `${count(downloaded.length, "file")} downloaded`,
    ...(unverified.length > 0
      ? [`${count(unverified.length, "file")} NOT verified (${unverified.join(", ")})`]
      : []),
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

/** The failed files and their reasons in one line. */
export function describeFailures({ failed, untried }: Result): string {
  const named = failed.slice(0, NAMED).map(({ name, reason }) => `${name}: ${reason}`);
  const more = failed.length - named.length;
  const names = failed.slice(NAMED).map(({ name }) => name).join(", ");
  return "Cannot download " + named.join("; ") +
    (more > 0 ? `; and ${more} more (${names})` : "") +
    (untried > 0 ? `; ${untried} further not tried` : "");
}
