import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import { type DefaultedSetting, type Setting, SETTINGS } from "./settings.ts";
import { closestString } from "./std/closest_string.ts";
import { levenshteinDistance } from "./std/levenshtein_distance.ts";
import { parseValue } from "./values.ts";

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from layers of variables. The first layer that has a setting decides, under its
 * name before its aliases; an empty value counts as unset, in every layer.
 */
export class Environment {
  readonly #layers: readonly Variables[];

  constructor(...layers: readonly Variables[]) {
    this.#layers = layers;
  }

  /** The name under which a setting is given, and its text; undefined while it is unset. */
  #given({ name, aliases = [] }: Setting<unknown>): { name: string; text: string } | undefined {
    for (const layer of this.#layers) {
      for (const key of [name, ...aliases]) {
        const text = layer[key]?.trim();
        if (text) return { name: key, text };
      }
    }
    return undefined;
  }

  /** Whether a setting is set. */
  has(setting: Setting<unknown>): boolean {
    return this.#given(setting) !== undefined;
  }

  /**
   * The value of a setting; undefined while it is unset, even if it has a default.
   *
   * @throws UsageError naming the variable, what was given and what is allowed.
   */
  find<T>(setting: Setting<T>): T | undefined {
    const given = this.#given(setting);
    return given && parseValue(given.name, setting.kind, given.text);
  }

  /**
   * The value of a setting, or its default.
   *
   * @throws UsageError naming the variable, what was given and what is allowed.
   */
  get<T>(setting: DefaultedSetting<T>): T {
    return this.find(setting) ?? parseValue(setting.name, setting.kind, setting.fallback);
  }
}

/** Names that start so can be meant for nobody else. */
const OWN_PREFIX = /^(MICROSTREAM|BINANCE|SIMULATOR)_/;
/** Most edits that make one name a mistyped form of another. */
const MAX_EDITS = 2;

/**
 * A warning for each name of a `.env` file that is no setting and is like one: it would be ignored.
 *
 * @param names The names that the file sets.
 */
export function warnOfMistyped(names: readonly string[]): readonly string[] {
  const known = Object.values(SETTINGS).flatMap((
    { name, aliases = [] }: Setting<unknown>,
  ) => [name, ...aliases]);
  return names.filter((name) => !known.includes(name)).flatMap((name) => {
    const upper = name.toUpperCase().replaceAll("-", "_");
    const nearest = closestString(upper, known);
    // A short name is within a few edits of any other.
    const allowed = Math.min(MAX_EDITS, Math.floor(nearest.length / 3));
    const like = levenshteinDistance(upper, nearest) <= allowed;
    if (!like && !OWN_PREFIX.test(upper)) return [];
    return [`.env: ${name} is not a setting and is ignored; the nearest is ${nearest}`];
  });
}

/**
 * The environment of this process over the `.env` file of the working directory.
 *
 * @param warn Receives a line for each mistyped name of the file; stderr by default.
 */
export function readEnvironment(warn: (line: string) => void = console.error): Environment {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  for (const line of warnOfMistyped(Object.keys(file))) warn(line);
  return new Environment(process.env, file);
}
