import { statSync } from "node:fs";
import process from "node:process";
import { Command, CommanderError, Option } from "commander";
import { errorMessage, UsageError } from "./errors.ts";
import { formatSettingsHelp } from "./settings_text.ts";
import { parseValue, type ValueKind } from "./values.ts";

/** Width of `--help`, characters. */
const HELP_WIDTH = 100;

/**
 * Defines a command line; its help ends with the settings that the task reads.
 *
 * @param task The name after `deno task`.
 * @param description What it does.
 */
export function defineCommand(task: string, description: string): Command {
  const settings = formatSettingsHelp(task);
  const command = new Command(`deno task ${task}`)
    .description(description)
    .helpOption("-h, --help", "show this text")
    .configureHelp({ helpWidth: HELP_WIDTH })
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  return settings === "" ? command : command.addHelpText("after", `\n${settings}`);
}

/** An option with one value, such as `--seed <n>`. */
export function valueOption<T>(flags: string, description: string, kind: ValueKind<T>): Option {
  const option = new Option(flags, description);
  // The choices are for the help; the parser says in one line what is wrong.
  if (kind.choices !== undefined) option.choices(kind.choices);
  return option.argParser((text) => parseValue(option.long ?? flags, kind, text));
}

/** An option with one or more existing files, such as `--bars <file...>`; it may be repeated. */
export function filesOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((path, before: readonly string[] = []) => [...before, existingFile(path)]);
}

/**
 * The path of a file that exists.
 *
 * @throws UsageError naming it when it does not, or is a folder.
 */
export function existingFile(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw new UsageError(`Cannot read ${path} as it is a folder`);
  if (stat !== undefined) return path;
  throw new UsageError(`Cannot read ${path} as there is no such file`);
}

/** The message of a thrown value in one line. */
function describeFailure(error: unknown): string {
  return errorMessage(error).replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
}

/**
 * Runs a command to its end. Wrong arguments and unusable input, which readers of files report as
 * SyntaxError, print one line and exit with 2; any other error prints one line and exits with 1.
 */
export async function runCommand(command: Command): Promise<void> {
  try {
    await command.parseAsync(process.argv.slice(2), { from: "user" });
  } catch (error) {
    // The help was asked for, and has been shown.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const usage = error instanceof UsageError || error instanceof CommanderError;
    process.stderr.write(`${describeFailure(error)}${usage ? " (see --help)" : ""}\n`);
    process.exit(usage || error instanceof SyntaxError ? 2 : 1);
  }
}
