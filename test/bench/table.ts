import type { Figure } from "./measure.ts";

/** Python's time divided by MicroStream's, by the medians. */
export interface Ratio {
  readonly name: string;
  readonly ratio: number;
}

function round(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}

function formatColumns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((l) => l[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd()
    )
    .join("\n");
}

/** A table of results with their spread. */
export function formatFigures(figures: readonly Figure[]): string {
  const head = ["", "median", "min", "p10", "p90", "p99", "max", "repeats", "unit"];
  const lines = figures.map((f) => [
    f.name,
    ...[f.median, f.min, f.p10, f.p90, f.p99, f.max].map(round),
    String(f.repeats),
    f.unit,
  ]);
  return formatColumns([head, ...lines]);
}

/** A table of ratios. */
export function formatRatios(ratios: readonly Ratio[]): string {
  return formatColumns(ratios.map(({ name, ratio }) => [name, `${round(ratio)} x`]));
}
