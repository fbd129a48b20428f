import { join } from "node:path";
import { settingNames } from "../data/common/settings_text.ts";
import type { Config } from "./config.ts";

/** Code and artifacts that the service reads; its workers' modules are among them. */
const CODE = ["service", "core-wasm", "models", "data/common", "data/schema"];

/** Variables that packages read: npm:ws, and Deno's own node:http2 and node:net. */
const PACKAGE_VARIABLES = ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE", "NODE_DEBUG"];

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "ws:": 80,
  "http:": 80,
  "wss:": 443,
  "https:": 443,
};

function addressOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === "" ? DEFAULT_PORTS[protocol] : port}`;
}

/** Hosts that the service listens on and connects to. */
function hosts(config: Config): readonly string[] {
  const { source, host, port, binanceWsUrl, binanceRestUrl } = config;
  const listening = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const exchange = [binanceWsUrl, binanceRestUrl].map(addressOf);
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
 * Flags of `deno run` that give the service what its configuration needs, and nothing else.
 *
 * @param root The project's folder.
 */
export function permissionFlags(config: Config, root: string): readonly string[] {
  const read = [...CODE.map((path) => join(root, path)), ".env", ...config.models, config.dataDir];
  const variables = [...settingNames("serve"), LAUNCHED, ...PACKAGE_VARIABLES];
  return [
    "--no-prompt",
    `--allow-net=${hosts(config).join()}`,
    `--allow-read=${read.join()}`,
    `--allow-write=${config.dataDir}`,
    `--allow-env=${variables.join()}`,
  ];
}
