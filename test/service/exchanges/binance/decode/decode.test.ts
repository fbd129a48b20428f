import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../../../../service/exchanges/binance/decode/decode.ts";
import { decodeJson } from "../../../../../service/exchanges/binance/decode/json.ts";
import { scanAggTrade } from "../../../../../service/exchanges/binance/decode/scan.ts";
import { realFrames } from "../../../../fuzz/captured.ts";
import { realDataTest, sharedData } from "../../../../support/shared_data.ts";

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

  test("recognizes both forms of serverShutdown", () => {
    expect(decodeFrame('{"e":"serverShutdown"}').kind).toBe("shutdown");
    expect(decodeFrame('{"stream":"!serverShutdown","data":{}}').kind).toBe("shutdown");
  });

  test("ignores other streams and answers", () => {
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
  ])("rejects %s = %j with the reason %s", (field, value, reason) => {
    const frame = decodeFrame(JSON.stringify({ ...EVENT, [field]: value }));
    expect(frame).toEqual({ kind: "invalid", reason });
  });

  test("never throws, and never finds a trade in other text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(["other", "invalid"]).toContain(decodeFrame(text).kind);
      }),
      { numRuns: 2000 },
    );
  });

  test("a frame truncated anywhere is invalid", () => {
    const text = JSON.stringify(EVENT);
    for (let end = 0; end < text.length; end++) {
      expect(decodeFrame(text.slice(0, end)).kind).toBe("invalid");
    }
  });

  test("reads a trade event as an aggregate of one", () => {
    const { a: _a, f: _f, l: _l, ...shared } = EVENT;
    const event = { ...shared, e: "trade", t: 12345 };
    const trade = { ...TRADE, firstTradeId: 12345, lastTradeId: 12345 };
    expect(decodeFrame(JSON.stringify(event))).toEqual({ kind: "trade", trade });
    const unnumbered = JSON.stringify({ ...event, t: "12345" });
    expect(decodeFrame(unnumbered)).toEqual({ kind: "invalid", reason: "trade id" });
  });

  test("rejects bytes that are not UTF-8, even in fields that it does not read", () => {
    const bytes = Buffer.from(JSON.stringify({ stream: "bnbbtc@aggTrade?", data: EVENT }));
    bytes[bytes.indexOf("?")] = 0xff;
    expect(decodeFrame(bytes)).toEqual({ kind: "invalid", reason: "UTF-8" });
  });

  test("leaves a stream of the exchange itself to JSON", () => {
    const bytes = Buffer.from(JSON.stringify({ stream: "!serverShutdown", data: EVENT }));
    expect(decodeFrame(bytes).kind).toBe("shutdown");
  });
});

describe("scanAggTrade", () => {
  const frame = (fields: object) => Buffer.from(JSON.stringify({ ...EVENT, ...fields }));

  test.each([
    ["raw", frame({})],
    ["wrapped", Buffer.from(JSON.stringify({ stream: "bnbbtc@aggTrade", data: EVENT }))],
    ["without M", frame({ M: undefined })],
  ])("reads the exchange's own notation: %s", (_name, bytes) => {
    expect(scanAggTrade(bytes)).toEqual(TRADE);
  });

  test("reads 15 digits as Number does, wherever the point is", () => {
    const digits = fc.integer({ min: 1, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 15 }), (mantissa, decimals) => {
        const text = String(mantissa).padStart(decimals + 1, "0");
        const point = text.length - decimals;
        const p = decimals === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
        expect(scanAggTrade(frame({ p }))?.price).toBe(Number(p));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ...["90071992.54740993", "9007199254740993", "0.1234567890123456789", "1e5", "0", ".5", "5."],
    ...[
      "99999999999999999999",
      "1.0000000000000000000",
      "1.00000000000000001",
      "18446744073709551617",
      "18446.744073709551617",
    ],
  ])(
    "leaves a price of %s to JSON",
    (p) => expect(scanAggTrade(frame({ p }))).toBeUndefined(),
  );

  test("does not read a frame above the size of a trade", () => {
    expect(scanAggTrade(frame({ s: "A".repeat(3000) }))).toBeUndefined();
    expect(decodeFrame(frame({ s: "A".repeat(3000) })).kind).toBe("trade");
  });

  test("is not misled by the remains of a longer frame before", () => {
    const bytes = frame({});
    for (let end = bytes.length; end >= 0; end--) {
      const found = scanAggTrade(bytes.subarray(0, end));
      if (end < bytes.length) expect(found).toBeUndefined();
      else expect(found).toEqual(TRADE);
    }
  });

  test("reads a large round quantity", () => {
    expect(scanAggTrade(frame({ q: "1000000000000.00000000" }))?.quantity).toBe(1e12);
  });

  test("two markets in one slot of the table keep their names", () => {
    // The hash is that of Java's strings, in which Aa and BB are the same.
    for (const s of ["AaBTC", "BBBTC", "AaBTC"]) {
      expect(scanAggTrade(frame({ s }))?.symbol).toBe(s);
    }
  });
});

const CAPTURE = "ws/BTCUSDT-spot-20240808.jsonl.gz";
realDataTest("reads the trades of a real capture and ignores the rest", [CAPTURE], async () => {
  const ids: number[] = [];
  for (const bytes of await realFrames(sharedData(CAPTURE))) {
    const frame = decodeFrame(bytes);
    expect(frame).toEqual(decodeJson(String(Buffer.from(bytes))));
    expect(["trade", "other"]).toContain(frame.kind);
    if (frame.kind === "trade") ids.push(frame.trade.id);
  }
  expect(ids.length).toBeGreaterThan(9000);
  expect(ids.every((id, i) => i === 0 || id === (ids[i - 1] ?? NaN) + 1)).toBe(true);
});
