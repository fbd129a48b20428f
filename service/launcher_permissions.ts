import { join } from "node:path";
import { portOf, proxyOf } from "../data/common/proxy.ts";
import { SETTINGS } from "../data/common/settings.ts";
import { settingNames } from "../data/common/settings_text.ts";
import type { Config } from "./config.ts";

/** Code and artifacts that the service reads; its workers' modules are among them. */
const CODE = ["service", "core-wasm", "models", "data/common", "data/schema", "data/files"];

/** Variables that packages read: npm:ws, and Deno's own node:http2 and node:net. */
const PACKAGE_VARIABLES = ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE", "NODE_DEBUG"];

function addressOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Hosts that the service listens on and connects to. */
function hosts(config: Config): readonly string[] {
  const { source, host, port, binanceWsUrl, binanceRestUrl, proxies } = config;
  const name = host.includes(":") ? `[${host}]` : host;
  // On any free port, the service calls itself at another one than it was given.
  const listening = port === 0 ? name : `${name}:${port}`;
  // Deno's fetch, which REST uses, needs the permission for the exchange even through a proxy.
  const exchange = [new URL(binanceWsUrl), new URL(binanceRestUrl), proxyOf(proxies, binanceWsUrl)]
    .filter((url) => url !== undefined).map(addressOf);
  return [
    listening,
    ...(source === "simulator" ? [] : exchange),
    // The embedded exchange listens on any free port.
    ...(source === "binance" ? [] : ["127.0.0.1"]),
  ];
}

/** Variable that tells the service that a launcher started it, and holds its standard input. */
export const LAUNCHED = "MICROSTREAM_LAUNCHED";

/**
 * Young objects get less room than V8 gives them by itself, which is up to 50 MB for each thread:
 * under load the service then holds some 100 MB less, and collects more often.
 */
const MEMORY = "--v8-flags=--max-semi-space-size=4";

/**
 * Flags of `deno run` that give the service what its configuration needs, and nothing else.
 *
 * @param root The project's folder.
 */
export function permissionFlags(config: Config, root: string): readonly string[] {
  const read = [...CODE.map((path) => join(root, path)), ".env", ...config.models, config.dataDir];
  const variables = [...new Set([...settingNames("serve"), LAUNCHED, ...PACKAGE_VARIABLES])];
  return [
    "--no-prompt",
    MEMORY,
    `--allow-net=${hosts(config).join()}`,
    `--allow-read=${read.join()}`,
    `--allow-write=${config.dataDir}`,
    `--allow-env=${variables.join()}`,
  ];
}

/** An argument as a shell takes it. */
function quote(argument: string): string {
  return /^[\w\-./:,=@+[\]]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/**
 * The line of a POSIX shell that starts the service as the launcher does, with the permissions that
 * its configuration needs. The service cannot find out its descriptor limit by itself, and may not
 * look for journals outside of its data folder.
 *
 * @param root The project's folder, with a slash at the end.
 */
export function formatCommand(config: Config, root: string): string {
  const command = ["deno", "run", ...permissionFlags(config, root), `${root}service/main.ts`];
  const folder = `${SETTINGS.dataDir.name}=${quote(config.dataDir)}`;
  return `${SETTINGS.maxFiles.name}=$(ulimit -n) ${folder} ${command.map(quote).join(" ")}`;
}
