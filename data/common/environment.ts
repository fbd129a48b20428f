import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import type { DefaultedSetting, Setting } from "./settings.ts";
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

/** The environment of this process over the `.env` file of the working directory. */
export function readEnvironment(): Environment {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return new Environment(process.env, file);
}
