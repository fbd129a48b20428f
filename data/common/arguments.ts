import { existsSync } from "node:fs";
import process from "node:process";
import { errorMessage } from "./errors.ts";

/** How an option of a command is given: once with a value, with one or more values, or bare. */
export type OptionKind = "value" | "list" | "flag";

/** Numbers that an option may be, bounds included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** Thrown for arguments that a command does not understand; the message is one line for people. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The arguments of a command, by option name without dashes. */
export class Arguments {
  readonly #values = new Map<string, string[]>();

  /**
   * Parses `--name value`, `--name=value`, `--name value value ...` (lists; a repeated list
   * option adds to it) and bare flags.
   *
   * @param options The options that the command has.
   * @throws UsageError naming what was given and what is allowed.
   */
  constructor(args: readonly string[], options: Readonly<Record<string, OptionKind>>) {
    let open: string[] | undefined;
    for (const arg of args) {
      if (!arg.startsWith("--")) {
        if (open === undefined) throw new UsageError(`unexpected argument ${JSON.stringify(arg)}`);
        open.push(arg);
        continue;
      }
      const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
      const kind = options[name];
      if (kind === undefined) {
        const known = Object.keys(options).map((option) => `--${option}`).join(", ");
        throw new UsageError(`unknown option --${name}; there are ${known}`);
      }
      const values = this.#values.get(name) ?? [];
      if (value !== undefined) values.push(value);
      this.#values.set(name, values);
      open = kind === "flag" ? undefined : values;
    }
    for (const [name, values] of this.#values) checkCount(name, options[name], values);
  }

  /** Whether a flag was given. */
  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** The values of a list option; none when it was not given. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /**
   * The files of a list option; none when it was not given.
   *
   * @throws UsageError naming the first that is not there.
   */
  files(name: string): readonly string[] {
    const paths = this.list(name);
    const missing = paths.find((path) => !existsSync(path));
    return missing === undefined ? paths : fail(`there is no file ${missing}`);
  }

  /** The value of an option, if it was given. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** The value of an option that must be there. */
  required(name: string): string {
    return this.value(name) ?? fail(`--${name} is missing`);
  }

  /** The number that an option gives, within bounds, or `fallback`. */
  number(name: string, fallback: number, { min, max, integer = false }: NumberRange): number {
    const given = this.value(name);
    if (given === undefined) return fallback;
    const value = given.trim() === "" ? NaN : Number(given);
    if (value >= min && value <= max && !(integer && value % 1 !== 0)) return value;
    const kind = integer ? "a whole number" : "a number";
    return fail(
      `--${name} must be ${kind} from ${min} to ${max}: current value is ${JSON.stringify(given)}`,
    );
  }
}

function fail(message: string): never {
  throw new UsageError(message);
}

function checkCount(name: string, kind: OptionKind | undefined, values: readonly string[]): void {
  if (kind === "flag" && values.length > 0) fail(`--${name} takes no value`);
  if (kind !== "flag" && values.length === 0) fail(`--${name} needs a value`);
  if (kind === "value" && values.length > 1) fail(`--${name} takes one value: ${values.join(" ")}`);
}

/**
 * Runs a command to its end: `--help` prints the help; wrong arguments print one line and exit
 * with 2, any other error prints one line and exits with 1.
 *
 * @param help The text of `--help`.
 * @param options The command's options, without `help`.
 */
export async function runCommand(
  help: string,
  options: Readonly<Record<string, OptionKind>>,
  command: (args: Arguments) => Promise<void>,
): Promise<void> {
  try {
    const args = new Arguments(process.argv.slice(2), { ...options, help: "flag" });
    if (args.flag("help")) process.stdout.write(help);
    else await command(args);
  } catch (error) {
    const usage = error instanceof UsageError;
    const message = errorMessage(error);
    process.stderr.write(`${message}${usage ? " (--help tells more)" : ""}\n`);
    process.exit(usage ? 2 : 1);
  }
}
