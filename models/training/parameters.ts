import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import { UsageError } from "../../data/common/arguments.ts";
import { MAX_STATES } from "../../core-wasm/core.ts";
import { MAX_WINDOW } from "../artifact/features.ts";

/** What training decides beforehand. */
export interface TrainingParameters {
  /** Share of the training bars that is anomalous, above 0, at most 0.5. */
  readonly contamination: number;
  /** Number of regimes, 2 to 8. */
  readonly states: number;
  /** Bars in the classic rolling windows, 2 to 10,080. */
  readonly window: number;
}

/** A parameter's environment variable, default and range. */
interface Range {
  readonly variable: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

const RANGES: Readonly<Record<keyof TrainingParameters, Range>> = {
  contamination: {
    variable: "ISOLATION_FOREST_CONTAMINATION",
    fallback: 0.05,
    min: 0.0001,
    max: 0.5,
    integer: false,
  },
  states: { variable: "HMM_N_COMPONENTS", fallback: 3, min: 2, max: MAX_STATES, integer: true },
  window: {
    variable: "FEATURE_WINDOW_SIZE",
    fallback: 20,
    min: 2,
    max: MAX_WINDOW,
    integer: true,
  },
};

function parseValue(text: string, name: string, { min, max, integer }: Range): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? "a whole number" : "a number";
  throw new UsageError(`${name} must be ${kind} from ${min} to ${max}: current value is "${text}"`);
}

function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return { ...file, ...process.env };
}

/**
 * Training parameters: an option, else its environment variable, else the original system's value.
 *
 * @param options Text of `--contamination`, `--states` and `--window`, where given.
 * @throws UsageError naming the option or variable, what was given and what is allowed.
 */
export function readParameters(
  options: { readonly [name in keyof TrainingParameters]?: string | undefined },
): TrainingParameters {
  const environment = readEnvironment();
  const read = (name: keyof TrainingParameters): number => {
    const range = RANGES[name];
    const option = options[name];
    if (option !== undefined) return parseValue(option, `--${name}`, range);
    const value = environment[range.variable]?.trim();
    return value ? parseValue(value, range.variable, range) : range.fallback;
  };
  return {
    contamination: read("contamination"),
    states: read("states"),
    window: read("window"),
  };
}
