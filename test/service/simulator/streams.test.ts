import { describe, expect, test } from "vitest";
import { aggTradeSymbol, parseTarget } from "../../../service/simulator/streams.ts";

describe("a handshake's target", () => {
  test("names raw streams", () => {
    expect(parseTarget("/ws/btcusdt@aggTrade/ethusdt@aggTrade")).toEqual({
      streams: ["btcusdt@aggTrade", "ethusdt@aggTrade"],
      combined: false,
      timeUnit: "MILLISECOND",
    });
  });

  test("names combined streams, each once", () => {
    const target = "/stream?streams=btcusdt@aggTrade/btcusdt@aggTrade&timeUnit=microsecond";
    expect(parseTarget(target)).toEqual({
      streams: ["btcusdt@aggTrade"],
      combined: true,
      timeUnit: "MICROSECOND",
    });
  });

  test.each([
    ["/", 404],
    ["/ws", 404],
    ["/ws/", 404],
    ["/websocket/btcusdt@aggTrade", 404],
    ["//", 400],
    ["/stream", 400],
    ["/stream?streams=", 400],
    ["/ws/btcusdt@aggTrade//ethusdt@aggTrade", 400],
    ["/ws/btc usdt@aggTrade", 400],
    ["/ws/btcusdt@aggTrade?timeUnit=SECOND", 400],
    [`/ws/${Array.from({ length: 1025 }, (_, i) => `s${i}@aggTrade`).join("/")}`, 400],
  ])("is refused: %s", (target, status) => {
    expect(parseTarget(target)).toMatchObject({ status });
  });
});

test("only streams of aggregate trades, in lower case, name a market", () => {
  expect(aggTradeSymbol("btcusdt@aggTrade")).toBe("BTCUSDT");
  expect(aggTradeSymbol("BTCUSDT@aggTrade")).toBeUndefined();
  expect(aggTradeSymbol("btcusdt@trade")).toBeUndefined();
  expect(aggTradeSymbol("!ticker@arr")).toBeUndefined();
  expect(aggTradeSymbol("btcusdt_240329@aggTrade")).toBe("BTCUSDT_240329");
  expect(aggTradeSymbol("币安人生usdt@aggTrade")).toBe("币安人生USDT");
});

test("a market's name may be percent-encoded, in a path as in a query", () => {
  const stream = "币安人生usdt@aggTrade";
  for (const target of ["/ws/", "/stream?streams="]) {
    expect(parseTarget(target + encodeURIComponent(stream))).toMatchObject({ streams: [stream] });
  }
});
