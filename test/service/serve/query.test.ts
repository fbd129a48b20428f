import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { invalidQuery } from "../../../service/serve/parameters.ts";
import { historyQuery, streamQuery } from "../../../service/serve/query.ts";

const SERVED = ["BTCUSDT", "ETHUSDT"];

function read<S extends z.ZodType>(schema: S, query: z.input<S>): z.output<S> {
  const { success, data, error } = z.safeParse(schema, query);
  if (success) return data;
  throw invalidQuery(error.issues);
}

const history = (query: Readonly<Record<string, unknown>>) => read(historyQuery(SERVED), query);
const stream = (query: Readonly<Record<string, unknown>>) => read(streamQuery(SERVED), query);

describe("historyQuery", () => {
  test("without parameters asks for the latest records of all markets as JSON", () => {
    expect(history({})).toEqual({ limit: 500, format: "json" });
  });

  test("an empty parameter counts as absent", () => {
    const empty = { symbol: "", from: "", to: "", limit: "", format: "" };
    expect(history(empty)).toEqual({ limit: 500, format: "json" });
  });

  test("takes ISO 8601 and epoch milliseconds for the same time", () => {
    const { from, to } = history({ from: "2024-05-01T00:00:00Z", to: "1714521600000" });
    expect(from).toBe(to);
  });

  test("takes a time in microseconds for the same time in milliseconds", () => {
    const times = fc.integer({ min: Date.UTC(2017, 0), max: Date.UTC(2117, 0) - 1 });
    fc.assert(fc.property(times, fc.nat(999), (ms, us) => {
      const given = `${ms}${String(us).padStart(3, "0")}`;
      expect(history({ from: given }).from).toBe(us === 0 ? ms : ms + 1);
      expect(history({ to: given }).to).toBe(ms);
      expect(history({ from: String(ms) }).from).toBe(ms);
    }));
  });

  test("refuses seconds and nanoseconds, and says what is allowed", () => {
    const seconds = fc.integer({ min: Date.UTC(2017, 0) / 1000, max: Date.UTC(2117, 0) / 1000 });
    fc.assert(fc.property(seconds, (time) => {
      for (const given of [`${time}`, `${time}000000000`]) {
        expect(() => history({ from: given })).toThrow(
          /^from must be .*epoch milliseconds or epoch microseconds.*: current value is "/,
        );
      }
    }));
  });

  test.each([
    ["2024-05-01", "2024-05-01T00:00:00.000Z"],
    ["2024-05-01T12:30", "2024-05-01T12:30:00.000Z"],
    ["2024-05-01T12:30:15.25", "2024-05-01T12:30:15.250Z"],
    ["2024-05-01T12:30+02:00", "2024-05-01T10:30:00.000Z"],
    ["0", "1970-01-01T00:00:00.000Z"],
  ])("the time %s is %s: UTC unless it names a zone", (from, time) => {
    expect(history({ from }).from).toBe(Date.parse(time));
  });

  test("symbols match in any case", () => {
    expect(history({ symbol: " ethusdt" }).symbol).toBe("ETHUSDT");
  });

  test.each([
    [{ symbol: "DOGEUSDT" }, /^symbol must be among .*BTCUSDT, ETHUSDT.*"DOGEUSDT"/],
    [{ from: "yesterday" }, /^from must be an ISO 8601 time, epoch milliseconds or .*"yesterday"/],
    [{ to: "-5.5x" }, /^to must be/],
    [{ from: "1714521600" }, /^from must be an ISO 8601 time, epoch milliseconds or/],
    [{ from: "2026" }, /^from must be/],
    [{ from: "2024-02-31" }, /^from must be/],
    [{ from: "Nov 2 2026" }, /^from must be/],
    [{ from: "2024-05-02", to: "2024-05-01" }, /^from must be not later than to: .*"2024-05-02T/],
    [{ symbols: "BTCUSDT" }, /^there is no parameter "symbols"; there are symbol, from, to, limit/],
    [{ limit: "none", symbols: "BTCUSDT" }, /^there is no parameter "symbols"/],
    [{ limit: "0x10" }, /^limit must be.*"0x10"/],
    [{ limit: "1e3" }, /^limit must be/],
    [{ limit: "0" }, /^limit must be a whole number from 1 to 10000: current value is "0"/],
    [{ limit: "10001" }, /^limit must be a whole number from 1 to 10000/],
    [{ limit: "many" }, /^limit must be/],
    [{ limit: ["1", "2"] }, /^limit must be given once: current value is "1 and 2"/],
    [{ format: "xml" }, /^format must be json or csv.*"xml"/],
  ])("%j is refused with the reason", (query, message) => {
    expect(() => history(query)).toThrow(message);
  });
});

describe("streamQuery", () => {
  test("without parameters asks for all markets and all events", () => {
    const { symbols, events } = stream({});
    expect([...symbols]).toEqual(SERVED);
    expect([...events]).toEqual(["bar", "signal", "nowcast", "status"]);
  });

  test("takes lists that are separated by commas", () => {
    const { symbols, events } = stream({ symbols: "ethusdt, ETHUSDT", events: "signal, bar" });
    expect([...symbols]).toEqual(["ETHUSDT"]);
    expect([...events]).toEqual(["signal", "bar"]);
  });

  test.each([
    [{ events: "signal,trade" }, /^events must be among bar, signal, nowcast, status.*"trade"/],
    [{ symbols: "BTCUSDT,DOGEUSDT" }, /^symbols must be among the markets.*"DOGEUSDT"/],
    [{ symbol: "BTCUSDT" }, /^there is no parameter "symbol"; there are symbols, events/],
  ])("%j is refused with the reason", (query, message) => {
    expect(() => stream(query)).toThrow(message);
  });
});
