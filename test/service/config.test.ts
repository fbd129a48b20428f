import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../service/config.ts";

describe("readConfig", () => {
  test("an empty environment gives the documented defaults", () => {
    expect(readConfig({})).toEqual({
      symbols: ["BTCUSDT"],
      source: "auto",
      simulatorSeed: 1,
      simulatorSpeed: 1,
      binanceWsUrl: "wss://data-stream.binance.vision",
      binanceRestUrl: "https://data-api.binance.vision",
      models: ["models/classic.json", "models/liquidity.json"],
      expected: {},
      dataDir: "data",
      host: "127.0.0.1",
      port: 8501,
      logLevel: "INFO",
    });
  });

  test("symbols are upper-cased and taken once each, in their order", () => {
    expect(readConfig({ SYMBOLS: "ethusdt, BTCUSDT,ETHUSDT" }).symbols)
      .toEqual(["ETHUSDT", "BTCUSDT"]);
  });

  test("SYMBOL and PORT stand in for their long names, which win", () => {
    expect(readConfig({ SYMBOL: "SOLUSDT", PORT: "80" })).toMatchObject({
      symbols: ["SOLUSDT"],
      port: 80,
    });
    expect(readConfig({ PORT: "80", DASHBOARD_PORT: "81" }).port).toBe(81);
  });

  test("what the process was given wins over the file, also by an alias", () => {
    const file = { DASHBOARD_PORT: "81", SYMBOLS: "ETHUSDT" };
    expect(readConfig({ PORT: "80" }, file)).toMatchObject({ port: 80, symbols: ["ETHUSDT"] });
  });

  test("of a full stream URL the origin is used", () => {
    const url = "wss://stream.binance.com:9443/ws/btcusdt@aggTrade";
    expect(readConfig({ BINANCE_WS_URL: url }).binanceWsUrl).toBe("wss://stream.binance.com:9443");
  });

  test("an empty value counts as unset", () => {
    expect(readConfig({ SOURCE: "", DASHBOARD_PORT: " " })).toMatchObject({
      source: "auto",
      port: 8501,
    });
  });

  test("the administrator's token is taken as it is, and a wrong one is not told", () => {
    expect(readConfig({ ADMIN_TOKEN: "a.b-c_d~e/f+9=" }).adminToken).toBe("a.b-c_d~e/f+9=");
    const read = () => readConfig({ ADMIN_TOKEN: "pass word" });
    expect(read).toThrow(/^ADMIN_TOKEN must be of letters, digits/);
    expect(read).not.toThrow(/pass word/);
  });

  test.each([
    ["SOURCE", "kraken", "one of auto, binance, simulator"],
    ["SYMBOLS", "BTC USDT", "market names"],
    ["SYMBOLS", Array.from({ length: 1025 }, (_, i) => `S${i}`).join(","), "1 to 1024 names"],
    ["DASHBOARD_PORT", "http", "a whole number from 0 to 65535"],
    ["PORT", "70000", "a whole number from 0 to 65535"],
    ["SIMULATOR_SPEED", "0", "a number from 0.01 to 3600"],
    ["SIMULATOR_SEED", "1.5", "a whole number"],
    ["BINANCE_WS_URL", "https://example.org", "ws:// or wss://"],
    ["BINANCE_REST_URL", "example", "http:// or https://"],
    ["ISOLATION_FOREST_CONTAMINATION", "0.9", "a number from 0.0001 to 0.5"],
    ["HMM_N_COMPONENTS", "1", "a whole number from 2 to 8"],
    ["FEATURE_WINDOW_SIZE", "1", "a whole number from 2"],
    ["LOG_LEVEL", "loud", "one of DEBUG, INFO, WARNING, ERROR"],
    ["KAFKA_BOOTSTRAP_SERVERS", "localhost:9092", "unset"],
    ["ROLES", "serve", "ingest,engine,serve"],
  ])("%s=%s is refused in one line that says what is allowed", (name, value, allowed) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name} must be .*${allowed}.*current value is`));
  });
});
