import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./errors.ts";

/** Which existing files a command may replace. */
export interface Replaceable {
  /** What they begin with. */
  readonly start: RegExp;
  /** What they are, in words. */
  readonly what: string;
}

/** A file that a command is to write. */
export interface Output {
  /** The option that names it, such as `--out`. */
  readonly option: string;
  readonly path: string;
  /** The existing files that may be replaced; all that are no inputs when absent. */
  readonly replaces?: Replaceable;
}

/** How many bytes of an existing file show what it is. */
const START_BYTES = 256;

function startOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(START_BYTES);
    return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes)));
  } finally {
    closeSync(file);
  }
}

/** What is the same for two names of one file, and for no two files. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined
    ? join(realpathSync(dirname(path)), basename(path))
    : `${stat.dev}:${stat.ino}`;
}

function refuseUnwritable(output: Output): void {
  const { option, path, replaces } = output;
  const value = JSON.stringify(path);
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${option} must be in a folder that exists: current value is ${value}`);
  }
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    throw new UsageError(`${option} must be a file and no folder: current value is ${value}`);
  }
  if (replaces === undefined || !stat?.isFile() || stat.size === 0) return;
  if (replaces.start.test(startOf(path))) return;
  throw new UsageError(
    `${option} must be a new file or ${replaces.what}, which is replaced: current value is ${value}`,
  );
}

/**
 * Refuses outputs that would replace an input, each other or what the command never wrote. Call it
 * before any work.
 *
 * @param inputs Existing files.
 * @throws UsageError naming the option.
 */
export function checkOutputs(outputs: readonly Output[], inputs: readonly string[]): void {
  const taken = new Map(inputs.map((path) => [identityOf(path), `the input ${path}`]));
  for (const output of outputs) {
    refuseUnwritable(output);
    const identity = identityOf(output.path);
    const owner = taken.get(identity);
    if (owner !== undefined) {
      throw new UsageError(
        `${output.option} must be another file than ${owner}: ` +
          `current value is ${JSON.stringify(output.path)}`,
      );
    }
    taken.set(identity, output.option);
  }
}
