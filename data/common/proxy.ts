import type { Environment } from "./environment.ts";
import { SETTINGS } from "./settings.ts";

/** Which proxies the user set, as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. */
export interface ProxySettings {
  /** For `http:` and `ws:`. */
  readonly http?: URL;
  /** For `https:` and `wss:`. */
  readonly https?: URL;
  /** Entries of NO_PROXY: `*`, a host with its subdomains, either with a port. */
  readonly exceptions: readonly string[];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  "ws:": "80",
  "http:": "80",
  "wss:": "443",
  "https:": "443",
};

/** The port of a URL, also where it is the default one of its protocol. */
export function portOf({ port, protocol }: URL): string {
  return port === "" ? DEFAULT_PORTS[protocol] ?? "" : port;
}

/** The embedded exchange and a stand-in are on this machine, which no proxy need know. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether an entry of NO_PROXY names a host: `*`, the host, or a domain that it is in. */
function matches(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  // An IPv6 address without brackets has no port.
  const text = /^[^[]*:.*:/.test(entry) ? `[${entry}]` : entry;
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  if (port !== undefined && port !== portOf(url)) return false;
  const domain = name.toLowerCase().replace(/^\*?\./, "");
  return domain !== "" && (url.hostname === domain || url.hostname.endsWith(`.${domain}`));
}

/** The proxy that connections to a URL go through; undefined where they are direct. */
export function proxyOf(settings: ProxySettings, target: string): URL | undefined {
  const url = new URL(target);
  const proxy = url.protocol === "wss:" || url.protocol === "https:"
    ? settings.https
    : settings.http;
  if (proxy === undefined || LOOPBACK.test(url.hostname)) return undefined;
  return settings.exceptions.some((entry) => matches(entry, url)) ? undefined : proxy;
}

/**
 * Reads the settings of proxies.
 *
 * @throws UsageError naming the variable, what was given and what is allowed.
 */
export function readProxies(environment: Environment): ProxySettings {
  const http = environment.find(SETTINGS.httpProxy);
  const https = environment.find(SETTINGS.httpsProxy);
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    exceptions: environment.find(SETTINGS.noProxy) ?? [],
  };
}

/**
 * Variables that make Deno's own `fetch` use the same proxy for a URL as {@linkcode proxyOf}: it
 * reads the process's variables and not `.env`, knows no ports in NO_PROXY, and would send requests
 * to this machine through the proxy.
 */
export function fetchVariables(settings: ProxySettings, target: string): Record<string, string> {
  const { http, https, exceptions } = settings;
  const direct = proxyOf(settings, target) === undefined ? [new URL(target).hostname] : [];
  const entries = [...exceptions.filter((entry) => !/:\d+$/.test(entry)), ...direct];
  return {
    ...(http !== undefined && { HTTP_PROXY: http.href }),
    ...(https !== undefined && { HTTPS_PROXY: https.href }),
    NO_PROXY: ["127.0.0.1", "localhost", "::1", ...entries].join(),
    // Deno would prefer these.
    ALL_PROXY: "",
    all_proxy: "",
  };
}
