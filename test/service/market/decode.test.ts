import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../../service/market/decode.ts";

/** The payload of Binance's documentation. */
const EVENT = {
  e: "aggTrade",
  E: 1672515782136,
  s: "BNBBTC",
  a: 12345,
  p: "0.001",
  q: "100",
  f: 100,
  l: 105,
  T: 1672515782136,
  m: true,
  M: true,
};

const TRADE = {
  symbol: "BNBBTC",
  id: 12345,
  price: 0.001,
  quantity: 100,
  firstTradeId: 100,
  lastTradeId: 105,
  time: 1672515782136,
  buyerIsMaker: true,
};

describe("decodeFrame", () => {
  test("reads the documented aggTrade event, raw and wrapped in a combined stream", () => {
    const wrapped = { stream: "bnbbtc@aggTrade", data: EVENT };
    expect(decodeFrame(JSON.stringify(EVENT))).toEqual({ kind: "trade", trade: TRADE });
    expect(decodeFrame(JSON.stringify(wrapped))).toEqual({ kind: "trade", trade: TRADE });
  });

  test("reads microseconds as milliseconds", () => {
    const event = { ...EVENT, E: 1672515782136999, T: 1672515782136999 };
    expect(decodeFrame(JSON.stringify(event))).toEqual({ kind: "trade", trade: TRADE });
  });

  test("takes both forms of serverShutdown for what they are", () => {
    expect(decodeFrame('{"e":"serverShutdown"}').kind).toBe("shutdown");
    expect(decodeFrame('{"stream":"!serverShutdown","data":{}}').kind).toBe("shutdown");
  });

  test("passes over other streams and answers", () => {
    expect(decodeFrame('{"result":null,"id":1}').kind).toBe("other");
    expect(decodeFrame('{"stream":"btcusdt@depth","data":{"e":"depthUpdate"}}').kind).toBe("other");
  });

  test.each([
    ["p", "0", "price"],
    ["p", "0.00000000", "price"],
    ["p", "-1", "price"],
    ["p", "1e5", "price"],
    ["p", "Infinity", "price"],
    ["p", 1, "price"],
    ["p", "", "price"],
    ["q", "NaN", "quantity"],
    ["q", "0", "quantity"],
    ["a", -1, "aggregate trade id"],
    ["a", "12345", "aggregate trade id"],
    ["a", 1.5, "aggregate trade id"],
    ["f", 106, "trade ids"],
    ["l", null, "trade ids"],
    ["T", 0, "time"],
    ["T", 9e13, "time"],
    ["T", 1672515782136 + 3 * 86_400_000, "time"],
    ["E", 0, "time"],
    ["T", null, "time"],
    ["s", "", "symbol"],
    ["m", "true", "maker flag"],
  ])("refuses %s = %j and says that it is the %s", (field, value, reason) => {
    const frame = decodeFrame(JSON.stringify({ ...EVENT, [field]: value }));
    expect(frame).toEqual({ kind: "invalid", reason });
  });

  test("never throws, and never finds a trade in text that is none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(["other", "invalid"]).toContain(decodeFrame(text).kind);
      }),
      { numRuns: 2000 },
    );
  });

  test("a frame cut short at any place is invalid", () => {
    const text = JSON.stringify(EVENT);
    for (let end = 0; end < text.length; end++) {
      expect(decodeFrame(text.slice(0, end)).kind).toBe("invalid");
    }
  });
});
