/** A table of text, for the terminal or Markdown. */
export interface Table {
  readonly title: string;
  /** Column names; absent for a list of names and values. */
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A share as text, such as `5.0 %`. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Tables for the terminal: columns aligned, the first one to the left. */
export function formatTables(tables: readonly Table[]): string {
  return tables.map(({ title, head, rows }) => {
    const lines = [...(head ? [head] : []), ...rows];
    const widths = (lines[0] ?? []).map((_, i) =>
      Math.max(...lines.map((line) => line[i]?.length ?? 0))
    );
    const text = lines.map((line) => {
      const cells = line.map((cell, i) =>
        i === 0 || head === undefined ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
      );
      return `  ${cells.join("  ")}`.trimEnd();
    });
    return [title, ...text].join("\n");
  }).join("\n");
}

const escapeCell = (cell: string) => cell.replaceAll("|", "\\|");

/** Tables in Markdown, each under a heading of a level. */
export function tablesToMarkdown(tables: readonly Table[], level: number): string {
  return tables.map(({ title, head, rows }) => {
    const names = head ?? (rows[0] ?? []).map(() => "");
    const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
    const rule = `|${
      names.map((_, i) => (i === 0 || head === undefined ? " --- |" : " ---: |")).join("")
    }`;
    return [`${"#".repeat(level)} ${title}`, "", line(names), rule, ...rows.map(line), ""].join(
      "\n",
    );
  }).join("\n");
}
