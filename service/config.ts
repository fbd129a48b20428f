import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Environment } from "../data/common/environment.ts";
import { UsageError } from "../data/common/errors.ts";
import { type ProxySettings, readProxies } from "../data/common/proxy.ts";
import { SETTINGS } from "../data/common/settings.ts";
import type { LogLevel } from "./log.ts";

/** Where trades come from; see the setting `SOURCE`. */
export type SourceChoice = "auto" | "binance" | "simulator";

/** How much of the process its clients may take. */
export interface HttpBounds {
  /** Open connections. */
  readonly maxConnections: number;
  /** Open event streams. */
  readonly maxStreams: number;
  /** Open connections, or requests under way behind a proxy, of one address; 0: no bound. */
  readonly maxPerAddress: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

/** All settings of the service, validated. */
export interface Config {
  /** Markets, upper case, in the order given, each once. */
  readonly symbols: readonly string[];
  readonly source: SourceChoice;
  readonly simulatorSeed: number;
  /** Simulated minutes a minute. */
  readonly simulatorSpeed: number;
  /** Origin of the exchange's WebSocket, without a path. */
  readonly binanceWsUrl: string;
  /** Base URL of the exchange's REST interface, without a trailing slash. */
  readonly binanceRestUrl: string;
  /** Proxies between this machine and the exchange. */
  readonly proxies: ProxySettings;
  /** Artifact files; the first is the primary model. */
  readonly models: readonly string[];
  /** History that is fetched at a start and kept at the least, days. */
  readonly historyDays: number;
  /** What a forest and an HMM must have been trained with; absent where the user did not say. */
  readonly expected: {
    readonly contamination?: number;
    readonly states?: number;
    readonly window?: number;
  };
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly bounds: HttpBounds;
  /** Bearer token of administrative calls; without it they are off. */
  readonly adminToken?: string;
  readonly logLevel: LogLevel;
}

/** Descriptors that are taken for granted where nobody says how many there are: Linux's least. */
const UNKNOWN_LIMIT = 4096;
/** Share of the descriptors that connections may take. */
const FOR_CONNECTIONS = 0.75;
/** The default goes no further: so many streams take some 600 MB. */
const MOST_BY_DEFAULT = 20_000;

/** Addresses on which nobody but this machine can connect. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** @throws UsageError when the descriptor limit does not allow what is asked for. */
function readBounds(environment: Environment, host: string): HttpBounds {
  const limit = environment.find(SETTINGS.maxFiles);
  const allowed = Math.max(1, Math.floor((limit ?? UNKNOWN_LIMIT) * FOR_CONNECTIONS));
  const maxConnections = environment.find(SETTINGS.maxConnections) ??
    Math.min(allowed, MOST_BY_DEFAULT);
  if (limit !== undefined && maxConnections > allowed) {
    throw new UsageError(
      `${SETTINGS.maxConnections.name} must be at most ${allowed}, 75 % of the descriptor limit ` +
        `${limit} (ulimit -n): current value is ${maxConnections}`,
    );
  }
  const maxStreams = environment.find(SETTINGS.maxStreams) ??
    Math.max(1, Math.floor(maxConnections * 0.9));
  if (maxStreams > maxConnections) {
    throw new UsageError(
      `${SETTINGS.maxStreams.name} must be at most ${maxConnections}, as many as there may be ` +
        `connections: current value is ${maxStreams}`,
    );
  }
  return {
    maxConnections,
    maxStreams,
    maxPerAddress: environment.find(SETTINGS.maxPerAddress) ??
      (isLoopback(host) ? 0 : Math.max(1, Math.floor(maxConnections / 4))),
    trustedProxies: environment.find(SETTINGS.trustedProxies) ?? [],
  };
}

/** The shipped artifacts, beside the code; the first is the primary model. */
export const DEFAULT_MODELS: readonly string[] = new Environment().get(SETTINGS.models)
  .map((path) => fileURLToPath(new URL(`../${path}`, import.meta.url)));

function readExpected(environment: Environment): Config["expected"] {
  const contamination = environment.find(SETTINGS.contamination);
  const states = environment.find(SETTINGS.states);
  const window = environment.find(SETTINGS.window);
  return {
    ...(contamination !== undefined && { contamination }),
    ...(states !== undefined && { states }),
    ...(window !== undefined && { window }),
  };
}

/**
 * Refuses to start where journals of an earlier version lie in `data/` and DATA_DIR is not set:
 * with a new journal the engine would forget its state.
 *
 * @param folder The working directory.
 * @throws UsageError with the command that moves the journals.
 */
export function refuseOldJournals(environment: Environment, folder = "."): void {
  const old = join(folder, "data");
  if (environment.has(SETTINGS.dataDir) || !existsSync(old)) return;
  if (!readdirSync(old).some((name) => name.endsWith(".sqlite"))) return;
  const { fallback } = SETTINGS.dataDir;
  throw new UsageError(
    `Cannot start as the journals in data/ must be in ${fallback}/: move them with ` +
      `mkdir -p ${fallback} && mv data/*.sqlite* ${fallback}/`,
  );
}

/**
 * Reads the configuration of the service.
 *
 * @throws UsageError naming the variable, what was given and what is allowed.
 */
export function readConfig(environment: Environment): Config {
  // Asking for what does not exist yet must not pass in silence.
  environment.find(SETTINGS.kafka);
  environment.get(SETTINGS.roles);
  const adminToken = environment.find(SETTINGS.adminToken);
  const host = environment.get(SETTINGS.host);
  const source = environment.get(SETTINGS.source);
  return {
    symbols: environment.get(SETTINGS.symbols),
    source,
    simulatorSeed: environment.get(SETTINGS.simulatorSeed),
    simulatorSpeed: environment.get(SETTINGS.simulatorSpeed),
    binanceWsUrl: environment.get(SETTINGS.binanceWsUrl),
    binanceRestUrl: environment.get(SETTINGS.binanceRestUrl),
    // The simulator is in this process: a proxy that cannot be used is no reason to refuse it.
    proxies: source === "simulator" ? { exceptions: ["*"] } : readProxies(environment),
    models: environment.find(SETTINGS.models) ?? DEFAULT_MODELS,
    historyDays: environment.get(SETTINGS.historyDays),
    expected: readExpected(environment),
    dataDir: environment.get(SETTINGS.dataDir),
    host,
    port: environment.get(SETTINGS.port),
    bounds: readBounds(environment, host),
    ...(adminToken !== undefined && { adminToken }),
    logLevel: environment.get(SETTINGS.logLevel),
  };
}
