import { isIP } from "node:net";
import {
  numberIn,
  oneOf,
  splitList,
  symbolName,
  textLike,
  urlOf,
  type ValueKind,
  wholeNumberIn,
} from "./values.ts";

/** A task that reads settings. */
export type SettingsReader =
  | "serve"
  | "train"
  | "data:download"
  | "notebooks"
  | "jupyter"
  | "bench";

/** A variable of the environment that users set, or `.env` for them. */
export interface Setting<T> {
  readonly name: string;
  /** Other names, of which the first that is set counts when `name` is not. */
  readonly aliases?: readonly string[];
  readonly kind: ValueKind<T>;
  /** What it means, in a line or two of Markdown. */
  readonly meaning: string;
  /** What holds while it is unset, where that is not a fixed value. */
  readonly otherwise?: string;
  readonly readers: readonly SettingsReader[];
}

/** A setting that has a value even when it is unset. */
export interface DefaultedSetting<T> extends Setting<T> {
  /** The default as a user would write it. */
  readonly fallback: string;
}

const MAX_SYMBOLS = 1024;

const symbolList: ValueKind<readonly string[]> = {
  allowed: `1 to ${MAX_SYMBOLS} market names such as BTCUSDT, separated by commas`,
  parse: (text) => {
    const names = splitList(text).map(symbolName.parse);
    const symbols = [...new Set(names.filter((name) => name !== undefined))];
    const sound = !names.includes(undefined);
    return sound && symbols.length >= 1 && symbols.length <= MAX_SYMBOLS ? symbols : undefined;
  },
};

const fileList: ValueKind<readonly string[]> = {
  allowed: "at least one file name; several are separated by commas",
  parse: (text) => {
    const files = splitList(text);
    return files.length > 0 ? files : undefined;
  },
};

/** Last second that an ISO date with a year of four digits can name. */
const LAST_SECOND = 253_402_300_799;

const originOf = (kind: ValueKind<URL>): ValueKind<string> => ({
  allowed: kind.allowed,
  parse: (text) => kind.parse(text)?.origin,
});

/** The paths of the exchange's REST interface start so; users copy it from the documentation. */
const API_PATH = /\/api(\/v3)?$/;

const restBase: ValueKind<string> = {
  allowed: "a URL that starts with http:// or https://, without a query, a fragment or a user name",
  parse: (text) => {
    const url = urlOf(["http:", "https:"]).parse(text);
    if (url === undefined || /[?#]/.test(text) || url.username + url.password !== "") {
      return undefined;
    }
    return url.href.replace(/\/+$/, "").replace(API_PATH, "").replace(/\/+$/, "");
  },
};

const proxyUrl: ValueKind<URL> = {
  allowed: "the URL of an HTTP proxy such as http://proxy.example:3128",
  parse: (text) => {
    const url = urlOf(["http:", "https:"]).parse(text.includes("://") ? text : `http://${text}`);
    const bare = url !== undefined && url.pathname === "/" && url.search + url.hash === "";
    return bare ? url : undefined;
  },
  // It may hold a password.
  secret: true,
};

const hostList: ValueKind<readonly string[]> = {
  allowed: "host names, each with its subdomains and with or without a port, or *",
  parse: splitList,
};

/** Whether a text is an address, or a network as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const networkList: ValueKind<readonly string[]> = {
  allowed: "addresses or networks such as 10.0.0.0/8, separated by commas",
  parse: (text) => {
    const networks = splitList(text);
    return networks.length > 0 && networks.every(isNetwork) ? networks : undefined;
  },
};

/** Most connections that a setting may ask for. */
const MOST_CONNECTIONS = 1_000_000;

function define<T>(setting: DefaultedSetting<T>): DefaultedSetting<T> {
  return setting;
}

function defineOptional<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

/**
 * All settings, in the order in which people read of them: the configuration of every command, its
 * help and the table in docs/settings.md come from here.
 */
export const SETTINGS = {
  symbols: define({
    name: "SYMBOLS",
    aliases: ["SYMBOL"],
    kind: symbolList,
    fallback: "BTCUSDT",
    meaning: "markets to watch",
    readers: ["serve"],
  }),
  source: define({
    name: "SOURCE",
    kind: oneOf(["auto", "binance", "simulator"]),
    fallback: "auto",
    meaning:
      "`binance`: the live exchange only. `simulator`: the simulated market. `auto`: Binance, or " +
      "the simulator while Binance cannot be reached within 5 s",
    readers: ["serve"],
  }),
  simulatorSeed: define({
    name: "SIMULATOR_SEED",
    kind: wholeNumberIn({ min: 0, max: 2 ** 32 - 1 }),
    fallback: "1",
    meaning: "the simulated market: the same seed gives the same market",
    readers: ["serve"],
  }),
  simulatorSpeed: define({
    name: "SIMULATOR_SPEED",
    kind: numberIn({ min: 0.01, max: 3600 }),
    fallback: "1",
    meaning: "simulated minutes a minute: 60 is an hour a minute",
    readers: ["serve"],
  }),
  binanceWsUrl: define({
    name: "BINANCE_WS_URL",
    kind: originOf(urlOf(["ws:", "wss:"])),
    fallback: "wss://data-stream.binance.vision",
    meaning:
      "the exchange's WebSocket: a base URL, or a full stream URL, of which the origin is used",
    readers: ["serve"],
  }),
  binanceRestUrl: define({
    name: "BINANCE_REST_URL",
    kind: restBase,
    fallback: "https://data-api.binance.vision",
    meaning: "base URL of the exchange's REST interface; a path is a prefix of all requests, " +
      "and an `/api` or `/api/v3` at its end is left out",
    readers: ["serve"],
  }),
  httpProxy: defineOptional({
    name: "HTTP_PROXY",
    aliases: ["http_proxy", "ALL_PROXY", "all_proxy"],
    kind: proxyUrl,
    otherwise: "unset: direct connections",
    meaning: "HTTP proxy for `http:` and `ws:`, as `http://host:port` or " +
      "`http://name:password@host:port`; connections to this machine are always direct",
    readers: ["serve", "data:download"],
  }),
  httpsProxy: defineOptional({
    name: "HTTPS_PROXY",
    aliases: ["https_proxy", "ALL_PROXY", "all_proxy"],
    kind: proxyUrl,
    otherwise: "unset: direct connections",
    meaning: "the same for `https:` and `wss:`, which Binance uses",
    readers: ["serve", "data:download"],
  }),
  noProxy: defineOptional({
    name: "NO_PROXY",
    aliases: ["no_proxy"],
    kind: hostList,
    meaning: "hosts that are reached without the proxy, separated by commas: `example.com` and " +
      "`.example.com` with all subdomains, `example.com:8443` at that port only, `*` for all",
    readers: ["serve", "data:download"],
  }),
  models: define({
    name: "MODELS",
    kind: fileList,
    fallback: "models/classic.json,models/volatility.json",
    meaning: "model artifacts to run; the first is the primary model. The default ones are " +
      "found beside the code, others from the working directory",
    readers: ["serve"],
  }),
  historyDays: define({
    name: "HISTORY_DAYS",
    kind: wholeNumberIn({ min: 1, max: 365 }),
    fallback: "8",
    meaning:
      "days of history that are fetched at a start and kept at the least; a model that needs " +
      "more is not ready until it has it",
    readers: ["serve"],
  }),
  contamination: define({
    name: "ISOLATION_FOREST_CONTAMINATION",
    kind: numberIn({ min: 0.0001, max: 0.5 }),
    fallback: "0.05",
    meaning: "`train`: share of the bars that is anomalous. `serve`: when set, the first classic " +
      "model must have been trained with it",
    readers: ["serve", "train"],
  }),
  states: define({
    name: "HMM_N_COMPONENTS",
    kind: wholeNumberIn({ min: 2, max: 8 }),
    fallback: "3",
    meaning: "`train`: number of regimes. `serve`: when set, the first classic model must " +
      "have as many",
    readers: ["serve", "train"],
  }),
  window: define({
    name: "FEATURE_WINDOW_SIZE",
    kind: wholeNumberIn({ min: 2, max: 10_080 }),
    fallback: "20",
    meaning: "`train`: bars in a rolling window of the classic features. `serve`: when set, the " +
      "first classic model must have been trained with it",
    readers: ["serve", "train"],
  }),
  created: defineOptional({
    name: "SOURCE_DATE_EPOCH",
    kind: wholeNumberIn({ min: 0, max: LAST_SECOND }),
    otherwise: "now",
    meaning: "time that a trained model states, seconds since 1970: the same bars and seed then " +
      "give the same file, byte for byte",
    readers: ["train", "notebooks"],
  }),
  dataDir: define({
    name: "DATA_DIR",
    // Deno's permissions are lists between commas.
    kind: textLike(/^[^,]+$/, "a folder without a comma in its name"),
    fallback: "data/store",
    meaning:
      "folder of the journals, one a source (`binance.sqlite`, `simulator-<seed>.sqlite`), " +
      "and of downloaded history. A journal belongs to one running service",
    readers: ["serve", "data:download"],
  }),
  host: define({
    name: "HOST",
    kind: textLike(/^[^\s/,]+$/, "a host name or an address of this machine"),
    fallback: "127.0.0.1",
    meaning: "address to listen on",
    readers: ["serve"],
  }),
  port: define({
    name: "DASHBOARD_PORT",
    aliases: ["PORT"],
    kind: wholeNumberIn({ min: 0, max: 65_535 }),
    fallback: "8501",
    meaning: "port of the dashboard and the feed; 0: any free one",
    readers: ["serve"],
  }),
  maxConnections: defineOptional({
    name: "MAX_CONNECTIONS",
    kind: wholeNumberIn({ min: 1, max: MOST_CONNECTIONS }),
    otherwise: "75 % of the descriptor limit, 20,000 at most",
    meaning:
      "open connections to the service; one beyond is closed without an answer. It must be " +
      "75 % of the descriptor limit at most: the rest is for the journal and the exchange",
    readers: ["serve"],
  }),
  maxStreams: defineOptional({
    name: "MAX_STREAMS",
    kind: wholeNumberIn({ min: 1, max: MOST_CONNECTIONS }),
    otherwise: "90 % of `MAX_CONNECTIONS`",
    meaning: "open event streams; beyond, a new client gets 503 with `Retry-After`, and one that " +
      "resumes waits for its turn",
    readers: ["serve"],
  }),
  maxPerAddress: defineOptional({
    name: "MAX_PER_ADDRESS",
    kind: wholeNumberIn({ min: 0, max: MOST_CONNECTIONS }),
    otherwise: "`0` where `HOST` is a loopback address, else 25 % of `MAX_CONNECTIONS`",
    meaning: "open connections of one address (of one /64 network of IPv6), and requests that a " +
      "trusted proxy passes on for it; `0`: no bound",
    readers: ["serve"],
  }),
  trustedProxies: defineOptional({
    name: "TRUSTED_PROXIES",
    kind: networkList,
    otherwise: "unset: none",
    meaning: "reverse proxies whose `X-Forwarded-For` is believed, as addresses or networks; " +
      "their connections do not count for `MAX_PER_ADDRESS`, the clients they name do",
    readers: ["serve"],
  }),
  adminToken: defineOptional({
    name: "ADMIN_TOKEN",
    // As in RFC 6750.
    kind: textLike(/^[A-Za-z0-9._~+/-]+=*$/, "letters, digits and ._~+/- only", { secret: true }),
    otherwise: "unset: administrative calls are off",
    meaning: "bearer token of administrative calls",
    readers: ["serve"],
  }),
  logLevel: define({
    name: "LOG_LEVEL",
    kind: oneOf(["DEBUG", "INFO", "WARNING", "ERROR"]),
    fallback: "INFO",
    meaning: "least level that is logged; JSON lines when stderr is not a terminal",
    readers: ["serve"],
  }),
  kafka: defineOptional<never>({
    name: "KAFKA_BOOTSTRAP_SERVERS",
    kind: {
      allowed: "unset: this version has the embedded journal only",
      parse: () => undefined,
    },
    meaning: "refused, not ignored, as the bus cannot be Kafka yet",
    readers: ["serve"],
  }),
  roles: define({
    name: "ROLES",
    kind: {
      allowed: "ingest,engine,serve: fewer than all need Kafka",
      parse: (text) => {
        const roles = splitList(text);
        return roles.sort().join() === "engine,ingest,serve" ? roles : undefined;
      },
    },
    fallback: "ingest,engine,serve",
    meaning: "stages that this process runs",
    readers: ["serve"],
  }),
  maxFiles: defineOptional({
    name: "MICROSTREAM_MAX_FILES",
    kind: wholeNumberIn({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    otherwise: "set by `deno task serve`",
    meaning: "file descriptors that the process may open; the service cannot find out by itself",
    readers: ["serve"],
  }),
  python: defineOptional({
    name: "PYTHON",
    kind: textLike(/./, "a Python interpreter"),
    otherwise: "`python3`, else `/usr/bin/python3`",
    meaning: "interpreter that has Jupyter, scikit-learn and hmmlearn",
    readers: ["notebooks", "jupyter", "bench"],
  }),
};
