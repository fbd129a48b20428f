import { describe, expect, test } from "vitest";
import { Problem } from "../../../service/serve/problem.ts";
import { readHistoryQuery, readStreamQuery } from "../../../service/serve/query.ts";

const SERVED = ["BTCUSDT", "ETHUSDT"];

describe("readHistoryQuery", () => {
  test("without parameters gives the latest records of all markets as JSON", () => {
    expect(readHistoryQuery({}, SERVED)).toEqual({ limit: 500, format: "json" });
  });

  test("takes ISO 8601 and epoch milliseconds for the same time", () => {
    const query = { from: "2024-05-01T00:00:00Z", to: "1714521600000" };
    const { from, to } = readHistoryQuery(query, SERVED);
    expect(from).toBe(to);
  });

  test("symbols are found in any case", () => {
    expect(readHistoryQuery({ symbol: "ethusdt" }, SERVED).symbol).toBe("ETHUSDT");
  });

  test.each([
    [{ symbol: "DOGEUSDT" }, /^symbol must be among .*BTCUSDT, ETHUSDT.*"DOGEUSDT"/],
    [{ from: "yesterday" }, /^from must be an ISO 8601 time or epoch milliseconds.*"yesterday"/],
    [{ to: "-5.5x" }, /^to must be/],
    [{ from: "1714521600" }, /^from must be an ISO 8601 time or epoch milliseconds/],
    [{ from: "2026" }, /^from must be/],
    [{ from: "2024-02-31" }, /^from must be/],
    [{ from: "Nov 2 2026" }, /^from must be/],
    [{ from: "2024-05-02", to: "2024-05-01" }, /^from must be not later than to/],
    [{ symbols: "BTCUSDT" }, /^there is no parameter "symbols"; there are symbol, from/],
    [{ limit: "0x10" }, /^limit must be/],
    [{ limit: "0" }, /^limit must be a whole number from 1 to 10000/],
    [{ limit: "many" }, /^limit must be/],
    [{ format: "xml" }, /^format must be json or csv.*"xml"/],
  ])("%j is refused with the reason", (query, message) => {
    const read = () => readHistoryQuery(query, SERVED);
    expect(read).toThrow(Problem);
    expect(read).toThrow(message);
  });
});

describe("readStreamQuery", () => {
  test("means all markets and all events unless told otherwise", () => {
    const { symbols, events } = readStreamQuery({}, SERVED);
    expect([...symbols]).toEqual(SERVED);
    expect([...events]).toEqual(["bar", "signal", "nowcast", "status"]);
  });

  test("refuses an event that does not exist", () => {
    expect(() => readStreamQuery({ events: "signal,trade" }, SERVED))
      .toThrow(/^events must be among bar, signal, nowcast, status.*"trade"/);
  });
});
