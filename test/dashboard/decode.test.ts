import { describe, expect, it } from "vitest";
import {
  decodeModels,
  decodeSymbols,
  isSignal,
  isStatus,
} from "../../service/dashboard/data/decode.ts";
import { makeSignal } from "../support/records.ts";

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
    const status = { source: "binance", connection: "live", message: "", symbols: [] };
    expect(isStatus(status)).toBe(true);
    expect(isStatus({ ...status, symbols: undefined })).toBe(false);
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
      features: { preset: "classic", names: ["momentum"] },
      forest: { offset: -0.59, contamination: 0.05, trees: 100 },
      hmm: { labels: ["Bearish Extreme"] },
      training: { symbol: "BTCUSDT", rows: 609757 },
    };
    expect(decodeModels([artifact, { name: "bare" }])).toEqual([
      {
        name: "classic",
        primary: true,
        fingerprint: "edd895d82d92",
        offset: -0.59,
        contamination: 0.05,
        labels: ["Bearish Extreme"],
        trainedOn: "BTCUSDT",
        rows: 609757,
      },
      {
        name: "bare",
        primary: false,
        fingerprint: "",
        offset: null,
        contamination: null,
        labels: [],
        trainedOn: null,
        rows: null,
      },
    ]);
  });
});
