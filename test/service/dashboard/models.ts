import type { Model } from "../../../service/dashboard/client/decode.ts";

/** A classic model, the primary one. */
export const CLASSIC: Model = {
  name: "classic",
  primary: true,
  fingerprint: "aaaaaaaaaaaa",
  loaded: Date.UTC(2024, 4, 1),
  preset: "classic",
  offset: -0.5,
  contamination: 0.05,
  regimes: ["bearish_extreme", "normal_market", "bullish_extreme"],
  trainedOn: "BTCUSDT",
  rows: 600_000,
  period: { from: Date.UTC(2022, 5, 1), to: Date.UTC(2025, 7, 1) },
  live: null,
};

/** A volatility model. */
export const VOLATILITY: Model = {
  ...CLASSIC,
  name: "volatility",
  primary: false,
  fingerprint: "bbbbbbbbbbbb",
  preset: "volatility",
  offset: null,
  contamination: null,
  regimes: ["calm", "normal", "turbulent"],
};
