import { describe, expect, it } from "vitest";
import {
  decodeModels,
  decodeSymbols,
  isSignal,
  isStatus,
} from "../../../service/dashboard/data/decode.ts";
import { makeSignal } from "../../support/records.ts";

const PERIOD = { from: "2022-06-01T00:00:00.000Z", to: "2025-08-31T23:59:00.000Z" };

describe("what the service sends", () => {
  it("is taken when it has the shape of a signal", () => {
    const overTheWire: unknown = JSON.parse(JSON.stringify(makeSignal(0)));
    expect(isSignal(overTheWire)).toBe(true);
  });

  it.each([
    ["null", null],
    ["a list", [makeSignal(0)]],
    ["a price as text", { ...makeSignal(0), close: "60690.1" }],
    ["no regimes", { ...makeSignal(0), regime_probabilities: undefined }],
    ["a feature that JSON could not write", { ...makeSignal(0), features: { momentum: null } }],
  ])("is not drawn when it is %s", (_, value) => {
    expect(isSignal(value)).toBe(false);
  });

  it("is a status only with its heart", () => {
    const status = { source: "binance", connection: "live", message: "", models: [], symbols: [] };
    expect(isStatus(status)).toBe(true);
    expect(isStatus({ ...status, symbols: undefined })).toBe(false);
    expect(isStatus({ ...status, models: undefined })).toBe(false);
  });

  it("names the markets", () => {
    expect(decodeSymbols([{ symbol: "BTCUSDT", gaps: 0 }, { symbol: "ETHUSDT" }, 7]))
      .toEqual(["BTCUSDT", "ETHUSDT"]);
    expect(decodeSymbols({ detail: "no" })).toEqual([]);
  });

  it("describes models, as far as an artifact tells", () => {
    const artifact = {
      name: "classic",
      primary: true,
      fingerprint: "edd895d82d92",
      loaded: "2025-10-01T12:00:00.000Z",
      features: { preset: "classic", names: ["momentum"] },
      forest: { offset: -0.59, contamination: 0.05, trees: 100 },
      hmm: { labels: ["Bearish Extreme"] },
      training: { symbol: "BTCUSDT", rows: 609757, period: PERIOD },
    };
    expect(decodeModels([artifact, { name: "bare" }])).toEqual([
      {
        name: "classic",
        primary: true,
        fingerprint: "edd895d82d92",
        loaded: Date.UTC(2025, 9, 1, 12),
        preset: "classic",
        offset: -0.59,
        contamination: 0.05,
        regimes: ["bearish_extreme"],
        trainedOn: "BTCUSDT",
        rows: 609757,
        period: { from: Date.UTC(2022, 5, 1), to: Date.UTC(2025, 7, 31, 23, 59) },
      },
      {
        name: "bare",
        primary: false,
        fingerprint: "",
        loaded: null,
        preset: null,
        offset: null,
        contamination: null,
        regimes: [],
        trainedOn: null,
        rows: null,
        period: null,
      },
    ]);
  });
});
