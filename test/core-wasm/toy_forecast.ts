import type { CoreForecast, CoreHorizon } from "../../core-wasm/core.ts";

const QUANTILES = 101;

/** Numbers of plain arithmetic, the same in every host. */
function toyHorizon(scale: number, level: number): CoreHorizon {
  return {
    coef: {
      intercept: 8.5,
      volatility_5: 0.125 * scale,
      volatility_30: 0.25,
      volatility_240: 0.3125,
      volatility_1440: 0.125,
      week: 0.1875,
      season: Array.from({ length: 31 }, (_, i) => (i % 5 - 2) / 64),
      volume_5: 0.125 * scale,
      volume_60: -0.0625,
      leverage_5: -0.015625,
      leverage_15: -0.0078125,
      leverage_60: -0.03125,
      leverage_240: -0.046875,
      momentum_5: 0.046875,
      momentum_15: 0.0625,
      momentum_60: 0.046875,
      momentum_240: 0.03125,
    },
    bias: { error_240: 0.25, error_1440: 0.75, error_4320: -0.5 },
    scale: {
      intercept: -1,
      error_240: 0.375,
      error_1440: -0.125,
      error_4320: 0.375,
      short_change: 0.0625,
      short_change_size: 0.125,
      day_change_size: 0.0625,
    },
    z2_mean: 3,
    z_quantiles: Array.from({ length: QUANTILES }, (_, i) => {
      const u = 2 * i / (QUANTILES - 1) - 1;
      return u + 2 * u ** 5;
    }),
    borders_absolute_y: { TESTUSDT: [level, level + 0.375] },
    borders_week: [-0.25, 0.25],
  };
}

/** A volatility model that is ready after 300 bars. */
export const TOY_FORECAST: CoreForecast = {
  need: 300,
  label_margin: 0.2,
  horizons: { "15": toyHorizon(1, 2.25), "60": toyHorizon(0.5, 3) },
  change_within_60: {
    absolute: { intercept: -0.5, w: Array.from({ length: 39 }, (_, i) => (i % 7 - 3) / 16) },
    week: { intercept: -0.75, w: Array.from({ length: 39 }, (_, i) => (i % 4 - 2) / 16) },
  },
  shock: { alarms_a_day: 20, step: 0.01, start: 3 },
};
