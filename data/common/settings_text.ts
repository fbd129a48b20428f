import { type Setting, SETTINGS, type SettingsReader } from "./settings.ts";

/** A setting of any type, with its default if it has one. */
type AnySetting = Setting<unknown> & { readonly fallback?: string };

const ALL: readonly AnySetting[] = Object.values(SETTINGS);

/** Names that a task reads, aliases included. */
export function settingNames(reader: SettingsReader): readonly string[] {
  return ALL.filter(({ readers }) => readers.includes(reader))
    .flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const HELP_WIDTH = 100;
const INDENT = "  ";

/** The settings of a task as its help lists them; empty when it reads none. */
export function formatSettingsHelp(reader: string): string {
  const settings = ALL.filter(({ readers }) => readers.some((name) => name === reader));
  if (settings.length === 0) return "";
  const width = Math.max(...settings.map(({ name }) => name.length)) + 2;
  const rows = settings.flatMap(({ name, meaning, kind, fallback, otherwise }) => {
    const unset = fallback ?? otherwise;
    const text = `${meaning.replaceAll("`", "")}; ${kind.allowed}` +
      (unset === undefined ? "" : ` (default: ${unset.replaceAll("`", "")})`);
    return wrap(text, HELP_WIDTH - INDENT.length - width)
      .map((line, i) => INDENT + (i === 0 ? name : "").padEnd(width) + line);
  });
  return ["Settings, from the environment or from .env in the working directory:", ...rows]
    .join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|");
const code = (text: string) => `\`${text}\``;

/** All settings as a table in Markdown. */
export function formatSettingsTable(): string {
  const rows = ALL.map(({ name, aliases = [], kind, fallback, otherwise, meaning, readers }) => {
    const names = [name, ...aliases].map(code).join(" or ");
    const unset = fallback === undefined ? otherwise ?? "unset" : code(fallback);
    const cells = [names, unset, kind.allowed, meaning, readers.map(code).join(", ")];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  return ["| Name | Default | Allowed | Meaning | Read by |", "| --- | --- | --- | --- | --- |"]
    .concat(rows).join("\n");
}
