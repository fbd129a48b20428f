import { describeRowErrors } from "../files/row_errors.ts";
import { type BarsReport, countMinutes, type MinuteRange } from "./bars_report.ts";
import type { TradesReport } from "./trades_report.ts";

/** Gaps, runs, holes and row errors of a kind that are named one by one. */
const NAMED = 5;

function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

function formatTime(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

function formatDuration(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} days`;
}

/** The first lines, and how many there are beyond them. */
function cut(lines: readonly string[], total: number): readonly string[] {
  const shown = lines.slice(0, NAMED);
  return total > shown.length ? [...shown, `... and ${total - shown.length} more`] : shown;
}

function describeRanges(ranges: readonly MinuteRange[]): readonly string[] {
  const longest = ranges.toSorted((a, b) => b.minutes - a.minutes || a.from - b.from);
  const lines = longest.map(({ from, to, minutes }) =>
    `${formatTime(from)} to ${formatTime(to)}: ${formatDuration(minutes)}`
  );
  return cut(lines, ranges.length);
}

function describeRepairs(repairs: readonly (readonly [number, string])[]): readonly string[] {
  const done = repairs.filter(([n]) => n > 0).map(([n, what]) => `${count(n, "row")} ${what}`);
  return done.length === 0 ? [] : [`repaired: ${done.join("; ")}`];
}

function format(title: string, lines: readonly string[]): string {
  const all = lines.length === 0 ? ["nothing to repair, nothing missing"] : lines;
  return [title, ...all.map((line) => `  ${line}`)].join("\n");
}

/** A report on bars as text, UTC; the longest gaps and runs first. */
export function formatBarsReport(report: BarsReport): string {
  const { symbol, market, files, rows, bars, from, to, repaired, gaps, promised } = report;
  const { zeroVolume } = report;
  const span = bars === 0 ? "" : `, ${formatTime(from)} to ${formatTime(to)} UTC`;
  const title = `${symbol} ${market}: ${count(bars, "bar")} from ${count(rows, "row")} of ` +
    `${count(files.length, "file")}${span}`;
  const minutes = (ranges: readonly MinuteRange[], noun: string) =>
    `${count(ranges.length, noun)}, ${count(countMinutes(ranges), "minute")}`;
  return format(title, [
    ...describeRepairs([
      [repaired.duplicates, "repeated, dropped"],
      [repaired.outOfOrder, "out of order, sorted"],
      [repaired.microseconds, "in microseconds, converted"],
    ]),
    ...describeRowErrors(report.errors, NAMED),
    ...(gaps.length === 0 ? [] : [
      `missing: ${minutes(gaps, "gap")}`,
      ...describeRanges(gaps).map((line) => `  ${line}`),
    ]),
    ...(promised.length === 0 ? [] : [
      `missing at the ends: ${count(countMinutes(promised), "minute")} ` +
      `that ${files.length === 1 ? "the name of the file promises" : "the names of files promise"}`,
      ...describeRanges(promised).map((line) => `  ${line}`),
    ]),
    ...(zeroVolume.length === 0 ? [] : [
      `without trades: ${minutes(zeroVolume, "run")}`,
      ...describeRanges(zeroVolume).map((line) => `  ${line}`),
    ]),
  ]);
}

/** A report on trades as text, UTC. */
export function formatTradesReport(report: TradesReport): string {
  const { symbol, market, files, rows, trades, from, to, repaired, holes } = report;
  const span = trades === 0 ? "" : `, ${formatTime(from)} to ${formatTime(to)} UTC`;
  const title = `${symbol} ${market}: ${count(trades, "trade")} from ${count(rows, "row")} of ` +
    `${count(files.length, "file")}${span}`;
  const missing = holes.reduce((sum, hole) => sum + hole.to - hole.from, 0);
  const lines = holes.map((hole) =>
    `${hole.from} to ${hole.to - 1}, between ${hole.between.map(formatTime).join(" and ")}`
  );
  return format(title, [
    ...describeRepairs([
      [repaired.duplicates, "repeated, dropped"],
      [repaired.outOfOrder, "out of order, sorted"],
      [repaired.microseconds, "in microseconds, converted"],
      [repaired.voids, "void, dropped"],
      [repaired.reused, "with the id of an earlier one and other raw trades, kept"],
    ]),
    ...describeRowErrors(report.errors, NAMED),
    ...(holes.length === 0 ? [] : [
      `missing: ${count(missing, "raw trade")} in ${count(holes.length, "hole")}`,
      ...cut(lines, holes.length).map((line) => `  ${line}`),
    ]),
  ]);
}
