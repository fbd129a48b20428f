import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { isSymbol } from "../data/schema/symbol.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** Where trades come from; see `SOURCE` in the README. */
export type SourceChoice = "auto" | "binance" | "simulator";

/** Everything that the environment decides, validated. */
export interface Config {
  /** Markets, upper case, in the order given, without repetitions. */
  readonly symbols: readonly string[];
  readonly source: SourceChoice;
  readonly simulatorSeed: number;
  /** Simulated minutes a minute. */
  readonly simulatorSpeed: number;
  /** Origin of the exchange's WebSocket, without a path. */
  readonly binanceWsUrl: string;
  /** Base URL of the exchange's REST interface, without a trailing slash. */
  readonly binanceRestUrl: string;
  /** Artifact files; the first is the primary model. */
  readonly models: readonly string[];
  /** What the primary artifact must have been trained with; absent where the user did not say. */
  readonly expected: {
    readonly contamination?: number;
    readonly states?: number;
    readonly window?: number;
  };
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Bearer token of administrative calls; without it they are off. */
  readonly adminToken?: string;
  readonly logLevel: LogLevel;
}

/** Names of environment variables and their values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown for a variable with a value that is not allowed; the message is one line for people. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

function refuse(name: string, given: string, allowed: string): never {
  throw new ConfigError(`${name} must be ${allowed}: current value is ${JSON.stringify(given)}`);
}

/** A variable as it was found: under its name or its alias. */
interface Found {
  readonly name: string;
  readonly given: string;
}

/** Reads single variables; an empty value counts as unset, as in a `.env` template. */
class Reader {
  readonly #layers: readonly Environment[];

  constructor(layers: readonly Environment[]) {
    this.#layers = layers;
  }

  /** The first layer that has one of the names decides; within it, the first name. */
  find(...names: readonly string[]): Found | undefined {
    for (const layer of this.#layers) {
      for (const name of names) {
        const given = layer[name]?.trim();
        if (given) return { name, given };
      }
    }
    return undefined;
  }

  list(names: readonly string[], fallback: string): string[] {
    const items = (this.find(...names)?.given ?? fallback).split(",").map((item) => item.trim());
    return items.filter((item) => item !== "");
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T, fold: Fold): T {
    const found = this.find(name);
    if (found === undefined) return fallback;
    return choices.find((choice) => choice === fold(found.given)) ??
      refuse(name, found.given, `one of ${choices.join(", ")}`);
  }

  number(names: readonly string[], range: NumberRange): number | undefined {
    const found = this.find(...names);
    if (found === undefined) return undefined;
    const value = Number(found.given);
    const { min, max, integer = false } = range;
    if (value >= min && value <= max && !(integer && value % 1 !== 0)) return value;
    const kind = integer ? "a whole number" : "a number";
    return refuse(found.name, found.given, `${kind} from ${min} to ${max}`);
  }

  url(name: string, protocols: readonly string[], fallback: string): URL {
    const given = this.find(name)?.given ?? fallback;
    const url = URL.canParse(given) ? new URL(given) : undefined;
    if (url && protocols.includes(url.protocol)) return url;
    return refuse(name, given, `a URL that starts with ${protocols.join("// or ")}//`);
  }
}

type Fold = (given: string) => string;

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** The shipped artifacts; the first is the primary one. */
export const DEFAULT_MODELS: readonly string[] = ["models/classic.json", "models/liquidity.json"];

const MAX_SYMBOLS = 1024;

function readSymbols(reader: Reader): string[] {
  const names = reader.list(["SYMBOLS", "SYMBOL"], "BTCUSDT").map((name) => name.toUpperCase());
  const symbols = [...new Set(names)];
  const wrong = symbols.find((symbol) => !isSymbol(symbol));
  if (wrong !== undefined) {
    refuse("SYMBOLS", wrong, "market names such as BTCUSDT, separated by commas");
  }
  if (symbols.length < 1 || symbols.length > MAX_SYMBOLS) {
    refuse("SYMBOLS", `${symbols.length} names`, `1 to ${MAX_SYMBOLS} names`);
  }
  return symbols;
}

function readExpected(reader: Reader): Config["expected"] {
  const contamination = reader.number(["ISOLATION_FOREST_CONTAMINATION"], {
    min: 0.0001,
    max: 0.5,
  });
  const states = reader.number(["HMM_N_COMPONENTS"], { min: 2, max: 8, integer: true });
  const window = reader.number(["FEATURE_WINDOW_SIZE"], { min: 2, max: 100_000, integer: true });
  return {
    ...(contamination !== undefined && { contamination }),
    ...(states !== undefined && { states }),
    ...(window !== undefined && { window }),
  };
}

/** As RFC 6750 has it. The token is a secret, so the message leaves it out. */
function readAdminToken(reader: Reader): string | undefined {
  const token = reader.find("ADMIN_TOKEN")?.given;
  if (token === undefined || /^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token;
  throw new ConfigError(
    `ADMIN_TOKEN must be of letters, digits and ._~+/- only: current value has other characters`,
  );
}

/** Until the bus can be Kafka, asking for it must not pass in silence. */
function refuseKafka(reader: Reader): void {
  const servers = reader.find("KAFKA_BOOTSTRAP_SERVERS");
  if (servers !== undefined) {
    refuse(servers.name, servers.given, "unset: this version has the embedded journal only");
  }
  const roles = reader.list(["ROLES"], "ingest,engine,serve").sort().join(",");
  if (roles !== "engine,ingest,serve") {
    refuse("ROLES", roles, "ingest,engine,serve: fewer than all need Kafka");
  }
}

/**
 * Reads the configuration.
 *
 * @param layers Environment variables by name; an earlier layer wins over the later ones.
 * @throws ConfigError naming the variable, what was given and what is allowed.
 */
export function readConfig(...layers: readonly Environment[]): Config {
  const reader = new Reader(layers);
  refuseKafka(reader);
  const adminToken = readAdminToken(reader);
  return {
    symbols: readSymbols(reader),
    source: reader.choice(
      "SOURCE",
      ["auto", "binance", "simulator"],
      "auto",
      (given) => given.toLowerCase(),
    ),
    simulatorSeed: reader.number(["SIMULATOR_SEED"], { min: 0, max: 2 ** 32 - 1, integer: true }) ??
      1,
    simulatorSpeed: reader.number(["SIMULATOR_SPEED"], { min: 0.01, max: 3600 }) ?? 1,
    binanceWsUrl: reader.url(
      "BINANCE_WS_URL",
      ["ws:", "wss:"],
      "wss://data-stream.binance.vision",
    ).origin,
    binanceRestUrl: reader.url(
      "BINANCE_REST_URL",
      ["http:", "https:"],
      "https://data-api.binance.vision",
    ).href.replace(/\/+$/, ""),
    models: reader.list(["MODELS"], DEFAULT_MODELS.join(",")),
    expected: readExpected(reader),
    dataDir: reader.find("DATA_DIR")?.given ?? "data",
    host: reader.find("HOST")?.given ?? "127.0.0.1",
    port: reader.number(["DASHBOARD_PORT", "PORT"], { min: 0, max: 65_535, integer: true }) ?? 8501,
    ...(adminToken !== undefined && { adminToken }),
    logLevel: reader.choice("LOG_LEVEL", LOG_LEVELS, "INFO", (given) => given.toUpperCase()),
  };
}

/** The variables that `.env` of the working directory sets; none without that file. */
export function readEnvFile(): Environment {
  return existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
}
