import { type BarQuality, countMinutes, type Stretch } from "./bar_quality.ts";
import type { FaultCount } from "../files/row_errors.ts";
import type { TradeQuality } from "./trade_quality.ts";

/** Gaps, runs, holes and faults that are named one by one. */
const NAMED = 5;

const FAULTS: Readonly<Record<string, string>> = {
  unreadable: "not understood",
  not_finite: "a number that is not finite",
  negative: "a number below what it can be",
  ohlc: "a price beyond high or low",
  misaligned: "not opening on a full minute",
  incomplete: "lacking trades",
  conflict: "contradicting an earlier row, which stands",
};

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

/** The first of many lines, and how many there are beyond them. */
function cut(lines: readonly string[], total: number): readonly string[] {
  const shown = lines.slice(0, NAMED);
  return total > shown.length ? [...shown, `... and ${total - shown.length} more`] : shown;
}

function describeStretches(stretches: readonly Stretch[]): readonly string[] {
  const longest = stretches.toSorted((a, b) => b.minutes - a.minutes || a.from - b.from);
  const lines = longest.map(({ from, to, minutes }) =>
    `${formatTime(from)} to ${formatTime(to)}: ${formatDuration(minutes)}`
  );
  return cut(lines, stretches.length);
}

function describeFaults(faults: readonly FaultCount<string>[]): readonly string[] {
  return faults.flatMap(({ kind, count: n, examples }) => {
    const lines = examples.map(({ file, line, what }) => `${file}:${line}: ${what}`);
    return [
      `left out: ${count(n, "row")}, ${FAULTS[kind] ?? kind}`,
      ...cut(lines, n).map((line) => `  ${line}`),
    ];
  });
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
export function formatBarQuality(quality: BarQuality): string {
  const { symbol, market, files, rows, bars, from, to, repaired, gaps, zeroVolume } = quality;
  const span = bars === 0 ? "" : `, ${formatTime(from)} to ${formatTime(to)} UTC`;
  const title = `${symbol} ${market}: ${count(bars, "bar")} from ${count(rows, "row")} of ` +
    `${count(files.length, "file")}${span}`;
  const minutes = (stretches: readonly Stretch[], noun: string) =>
    `${count(stretches.length, noun)}, ${count(countMinutes(stretches), "minute")}`;
  return format(title, [
    ...describeRepairs([
      [repaired.duplicates, "said twice, dropped"],
      [repaired.outOfOrder, "out of order, sorted"],
      [repaired.microseconds, "in microseconds, now milliseconds"],
    ]),
    ...describeFaults(quality.faults),
    ...(gaps.length === 0 ? [] : [
      `missing: ${minutes(gaps, "gap")}`,
      ...describeStretches(gaps).map((line) => `  ${line}`),
    ]),
    ...(zeroVolume.length === 0 ? [] : [
      `without trades: ${minutes(zeroVolume, "run")}`,
      ...describeStretches(zeroVolume).map((line) => `  ${line}`),
    ]),
  ]);
}

/** A report on trades as text, UTC. */
export function formatTradeQuality(quality: TradeQuality): string {
  const { symbol, market, files, rows, trades, from, to, repaired, holes } = quality;
  const span = trades === 0 ? "" : `, ${formatTime(from)} to ${formatTime(to)} UTC`;
  const title = `${symbol} ${market}: ${count(trades, "trade")} from ${count(rows, "row")} of ` +
    `${count(files.length, "file")}${span}`;
  const missing = holes.reduce((sum, hole) => sum + hole.to - hole.from, 0);
  const lines = holes.map((hole) =>
    `${hole.from} to ${hole.to - 1}, between ${hole.between.map(formatTime).join(" and ")}`
  );
  return format(title, [
    ...describeRepairs([
      [repaired.duplicates, "said twice, dropped"],
      [repaired.outOfOrder, "out of order, sorted"],
      [repaired.microseconds, "in microseconds, now milliseconds"],
      [repaired.voids, "that stand for nothing, dropped"],
    ]),
    ...describeFaults(quality.faults),
    ...(holes.length === 0 ? [] : [
      `missing: ${count(missing, "id")} in ${count(holes.length, "hole")}`,
      ...cut(lines, holes.length).map((line) => `  ${line}`),
    ]),
  ]);
}
