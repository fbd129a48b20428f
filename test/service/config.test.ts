import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Environment, type Variables } from "../../data/common/environment.ts";
import { UsageError } from "../../data/common/errors.ts";
import { readConfig } from "../../service/config.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const read = (...layers: readonly Variables[]) => readConfig(new Environment(...layers));

describe("readConfig", () => {
  test("an empty environment gives the documented defaults", () => {
    expect(read({})).toEqual({
      symbols: ["BTCUSDT"],
      source: "auto",
      simulatorSeed: 1,
      simulatorSpeed: 1,
      binanceWsUrl: "wss://data-stream.binance.vision",
      binanceRestUrl: "https://data-api.binance.vision",
      proxies: { exceptions: [] },
      models: ["classic", "volatility"].map((name) => join(ROOT, `models/${name}.json`)),
      historyDays: 8,
      expected: {},
      dataDir: "data/store",
      host: "127.0.0.1",
      port: 8501,
      bounds: { maxConnections: 3072, maxStreams: 2764, maxPerAddress: 0, trustedProxies: [] },
      logLevel: "INFO",
    });
  });

  test("symbols are upper-cased and taken once each, in their order", () => {
    expect(read({ SYMBOLS: "ethusdt, BTCUSDT,ETHUSDT" }).symbols)
      .toEqual(["ETHUSDT", "BTCUSDT"]);
  });

  test("SYMBOL and PORT stand in for their long names, which win", () => {
    expect(read({ SYMBOL: "SOLUSDT", PORT: "80" })).toMatchObject({
      symbols: ["SOLUSDT"],
      port: 80,
    });
    expect(read({ PORT: "80", DASHBOARD_PORT: "81" }).port).toBe(81);
  });

  test("the environment wins over the .env file, also by an alias", () => {
    const file = { DASHBOARD_PORT: "81", SYMBOLS: "ETHUSDT" };
    expect(read({ PORT: "80" }, file)).toMatchObject({ port: 80, symbols: ["ETHUSDT"] });
  });

  test("of a full stream URL the origin is used", () => {
    const url = "wss://stream.binance.com:9443/ws/btcusdt@aggTrade";
    expect(read({ BINANCE_WS_URL: url }).binanceWsUrl).toBe("wss://stream.binance.com:9443");
  });

  test.each([
    ["http://x.test/", "http://x.test"],
    ["https://x.test:8443/binance/", "https://x.test:8443/binance"],
    ["https://x.test/api", "https://x.test"],
    ["https://x.test/api/v3/", "https://x.test"],
    ["https://x.test/binance/api/v3", "https://x.test/binance"],
  ])("BINANCE_REST_URL=%s is %s, as the requests' own paths start with /api/v3", (given, used) => {
    expect(read({ BINANCE_REST_URL: given }).binanceRestUrl).toBe(used);
  });

  test("an empty value counts as unset", () => {
    expect(read({ SOURCE: "", DASHBOARD_PORT: " " })).toMatchObject({
      source: "auto",
      port: 8501,
    });
  });

  test("the token of administrative calls is taken verbatim, and a wrong one is not repeated", () => {
    expect(read({ ADMIN_TOKEN: "a.b-c_d~e/f+9=" }).adminToken).toBe("a.b-c_d~e/f+9=");
    const refused = () => read({ ADMIN_TOKEN: "pass word" });
    expect(refused).toThrow(/^ADMIN_TOKEN must be letters, digits/);
    expect(refused).not.toThrow(/pass word/);
  });

  test.each([
    [{ MICROSTREAM_MAX_FILES: "1000" }, { maxConnections: 750, maxStreams: 675 }],
    [{ MICROSTREAM_MAX_FILES: "1048576" }, { maxConnections: 20_000, maxStreams: 18_000 }],
    [{ MICROSTREAM_MAX_FILES: "1" }, { maxConnections: 1, maxStreams: 1 }],
    [{ MAX_CONNECTIONS: "750", MICROSTREAM_MAX_FILES: "1000" }, { maxConnections: 750 }],
    [{ MAX_CONNECTIONS: "100", MAX_STREAMS: "100" }, { maxConnections: 100, maxStreams: 100 }],
    [{ HOST: "0.0.0.0", MICROSTREAM_MAX_FILES: "1000" }, { maxPerAddress: 187 }],
    [{ HOST: "::1" }, { maxPerAddress: 0 }],
    [{ HOST: "0.0.0.0", MAX_PER_ADDRESS: "0" }, { maxPerAddress: 0 }],
    [{ TRUSTED_PROXIES: "10.0.0.0/8, ::1" }, { trustedProxies: ["10.0.0.0/8", "::1"] }],
  ])("%j bounds the clients by %j", (given, expected) => {
    expect(read(given).bounds).toMatchObject(expected);
  });

  test.each([
    [
      { MAX_CONNECTIONS: "751", MICROSTREAM_MAX_FILES: "1000" },
      /^MAX_CONNECTIONS .* most 750.*751$/,
    ],
    [{ MAX_CONNECTIONS: "10", MAX_STREAMS: "11" }, /^MAX_STREAMS must be at most 10.* 11$/],
    [{ MAX_CONNECTIONS: "0" }, /^MAX_CONNECTIONS must be/],
    [{ MAX_PER_ADDRESS: "-1" }, /^MAX_PER_ADDRESS must be/],
    [{ TRUSTED_PROXIES: "10.0.0.0/33" }, /^TRUSTED_PROXIES must be/],
    [{ TRUSTED_PROXIES: "10.0.0.0/8/8" }, /^TRUSTED_PROXIES must be/],
    [{ TRUSTED_PROXIES: "proxy.example" }, /^TRUSTED_PROXIES must be/],
  ])("%j is refused by the name of the setting", (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  test.each([
    ["SOURCE", "kraken", "one of auto, binance, simulator"],
    ["SYMBOLS", "BTC USDT", "market names"],
    [
      "SYMBOLS",
      Array.from({ length: 1025 }, (_, i) => `S${i}`).join(","),
      "1 to 1024 market names",
    ],
    ["DASHBOARD_PORT", "http", "a whole number from 0 to 65535"],
    ["PORT", "70000", "a whole number from 0 to 65535"],
    ["SIMULATOR_SPEED", "0", "a number from 0.01 to 3600"],
    ["SIMULATOR_SEED", "1.5", "a whole number"],
    ["BINANCE_WS_URL", "https://example.org", "ws:// or wss://"],
    ["BINANCE_REST_URL", "example", "http:// or https://"],
    ["BINANCE_REST_URL", "https://x.test/?x=1", "without a query"],
    ["BINANCE_REST_URL", "https://x.test/?", "without a query"],
    ["BINANCE_REST_URL", "https://x.test/api#top", "without a query, a fragment"],
    ["BINANCE_REST_URL", "https://a:b@x.test", "a user name"],
    ["ISOLATION_FOREST_CONTAMINATION", "0.9", "a number from 0.0001 to 0.5"],
    ["HISTORY_DAYS", "0", "a whole number from 1 to 365"],
    ["HISTORY_DAYS", "1.5", "a whole number from 1 to 365"],
    ["HMM_N_COMPONENTS", "1", "a whole number from 2 to 8"],
    ["FEATURE_WINDOW_SIZE", "50000", "a whole number from 2 to 10080"],
    ["LOG_LEVEL", "loud", "one of DEBUG, INFO, WARNING, ERROR"],
    ["KAFKA_BOOTSTRAP_SERVERS", "localhost:9092", "unset"],
    ["ROLES", "serve", "ingest,engine,serve"],
  ])("%s=%s is refused in one line that says what is allowed", (name, value, allowed) => {
    const refused = () => read({ [name]: value });
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(new RegExp(`^${name} must be .*${allowed}.*current value is`));
  });
});
