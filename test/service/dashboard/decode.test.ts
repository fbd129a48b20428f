import { describe, expect, it } from "vitest";
import {
  decodeModels,
  decodeSignal,
  decodeSignals,
  decodeStatus,
  decodeSymbols,
} from "../../../service/dashboard/client/decode.ts";
import {
  makeLive,
  makeSignal,
  makeSymbolStatus,
  makeVolatilitySignal,
  makeWarmingSignal,
  makeWarmingVolatility,
} from "../../support/records.ts";

const PERIOD = { from: "2022-06-01T00:00:00.000Z", to: "2025-08-31T23:59:00.000Z" };

describe("the decoder", () => {
  const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  it("accepts a signal", () => {
    expect(decodeSignal(overTheWire(makeSignal(0)))).toEqual(makeSignal(0));
  });

  it("accepts a signal of models that are not ready", () => {
    const models = { volatility: makeWarmingVolatility(9, 4320) };
    const signal = { ...makeWarmingSignal(0, 9, 20), models };
    expect(decodeSignal(overTheWire(signal))).toEqual(signal);
  });

  it("accepts a signal of a volatility model alone", () => {
    expect(decodeSignal(overTheWire(makeVolatilitySignal(0)))).toEqual(makeVolatilitySignal(0));
  });

  it("takes signals of earlier versions, which do not say so, for ready", () => {
    const { ready: _, ...before } = makeSignal(0);
    const output = {
      ...{ state: 0, name: "Stable", confidence: 0.9, probabilities: { stable: 0.9 } },
      ...{ seconds_in_state: 60, log_likelihood: -1 },
    };
    const signal = { ...before, models: { liquidity: output } };
    expect(decodeSignals([overTheWire(signal), 7])).toEqual([
      { ...signal, ready: true, models: { liquidity: { ...output, ready: true } } },
    ]);
  });

  it.each([
    ["null", null],
    ["a list", [makeSignal(0)]],
    ["a price as text", { ...makeSignal(0), close: "60690.1" }],
    ["no regime probabilities", { ...makeSignal(0), regime_probabilities: undefined }],
    ["a feature as text", { ...makeSignal(0), features: { momentum: "0.1" } }],
    ["a readiness as text", { ...makeSignal(0), ready: "yes" }],
  ])("refuses as a signal: %s", (_, value) => {
    expect(decodeSignal(value)).toBeUndefined();
  });

  it("is a status only when all of it is there", () => {
    const market = makeSymbolStatus({ last_trade_time: null });
    const status = {
      source: "binance",
      requested: "auto",
      connection: "live",
      message: "",
      since: 0,
      next_attempt: null,
      clock_offset: -0.5,
      disconnects: 0,
      handovers: 0,
      invalid_frames: 1,
      invalid_frames_by_kind: { "not JSON": 1 },
      rest_weight: 0,
      symbols: [market],
      models: [{ name: "classic", fingerprint: "edd895d82d92", loaded: 0 }],
      models_problem: null,
      storage: null,
      damage: null,
    };
    expect(decodeStatus(status)).toEqual(status);
    expect(decodeStatus({ ...status, models: undefined })).toBeUndefined();
    expect(decodeStatus({ ...status, connection: "asleep" })).toBeUndefined();
    expect(decodeStatus({ ...status, symbols: [{ ...market, gaps: "0" }] })).toBeUndefined();
  });

  it("reads the names of the markets and drops other elements", () => {
    expect(decodeSymbols([{ symbol: "BTCUSDT", gaps: 0 }, { symbol: "ETHUSDT" }, 7]))
      .toEqual(["BTCUSDT", "ETHUSDT"]);
    expect(decodeSymbols({ detail: "no" })).toEqual([]);
  });

  it("reads models; an imported one has no training bars", () => {
    const artifact = {
      schema: 1,
      name: "classic",
      created: "2025-09-30T00:00:00.000Z",
      primary: true,
      fingerprint: "edd895d82d92",
      loaded: "2025-10-01T12:00:00.000Z",
      features: { preset: "classic", names: ["momentum"] },
      labels: ["Bearish Extreme"],
      forest: { offset: -0.59, contamination: 0.05, trees: 100 },
      hmm: { labels: ["Bearish Extreme"], transmat: [[1]] },
      training: { symbol: "BTCUSDT", rows: 609757, period: PERIOD },
      scorecard: {},
    };
    const imported = {
      ...artifact,
      name: "bare",
      primary: false,
      forest: { ...artifact.forest, contamination: "auto" },
      training: { origin: "imported" },
    };
    const model = {
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
      live: null,
    };
    const volatility = {
      ...artifact,
      name: "volatility",
      primary: false,
      features: { preset: "volatility", names: ["week"] },
      labels: ["Calm", "Normal", "Turbulent"],
      forest: undefined,
      hmm: undefined,
      forecast: { need: 4320, label_margin: 0.2 },
      live: makeLive(),
    };
    const unknown = { contamination: null, trainedOn: null, rows: null, period: null };
    expect(decodeModels(overTheWire([artifact, imported, volatility, { name: "no model" }])))
      .toEqual([
        model,
        { ...model, ...unknown, name: "bare", primary: false },
        {
          ...model,
          ...{ name: "volatility", primary: false, preset: "volatility", offset: null },
          ...{ contamination: null, regimes: ["calm", "normal", "turbulent"], live: makeLive() },
        },
      ]);
    expect(decodeModels({ detail: "no" })).toEqual([]);
  });
});
