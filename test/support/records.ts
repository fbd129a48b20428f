import type { Bar } from "../../data/schema/bar.ts";
import type { Live, LiveWindow } from "../../data/schema/live.ts";
import type { ModelOutput, ReadyForecast, Signal } from "../../data/schema/signal.ts";
import { COUNTER_NAMES, type SymbolStatus, symbolStatusSchema } from "../../data/schema/status.ts";
import type { LogRecord } from "../../service/bus/event_log.ts";

/** 2024-05-01T00:00:00Z, the first minute of made-up records. */
export const START = Date.UTC(2024, 4, 1);

/** A sound bar of the minute `index` after {@linkcode START}. */
export function makeBar(index: number, symbol = "BTCUSDT"): Bar {
  const timestamp = START + index * 60_000;
  return {
    symbol,
    timestamp,
    close_time: timestamp + 59_999,
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    volume: 10 + index,
    quote_volume: 1010,
    num_trades: 5,
    taker_buy_volume: 4,
    taker_sell_volume: 6 + index,
    quality: "kline",
    source: "binance",
  };
}

/** A signal of the same minute, of a model with three regimes. */
export function makeSignal(index: number, symbol = "BTCUSDT"): Signal {
  const { timestamp, open, high, low, close, volume, quality, source } = makeBar(index, symbol);
  return {
    ...{ schema: 1, symbol, source, quality, final: true, timestamp },
    datetime: new Date(timestamp).toISOString(),
    ...{ open, high, low, close, volume },
    features: { momentum: 0.001, volatility_proxy: 0.03, activity_ratio: 1.1 },
    normalized: { momentum: 0.5, volatility_proxy: -0.2, activity_ratio: 0.3 },
    anomaly_score: -0.43,
    is_anomaly: false,
    regime_state: 1,
    regime_name: "Normal Market",
    confidence: 0.9,
    regime_probabilities: { bearish_extreme: 0.05, normal_market: 0.9, bullish_extreme: 0.05 },
    seconds_in_state: 60 * (index + 1),
    log_likelihood: -3.1,
    ready: true,
    models: {},
  };
}

/** What a volatility model says in a minute that is calm against a turbulent week. */
export function makeVolatilityOutput(): ReadyForecast {
  return {
    ready: true,
    state: 1,
    name: "Normal",
    confidence: 0.81,
    probabilities: { calm: 0.12, normal: 0.81, turbulent: 0.07 },
    seconds_in_state: 5400,
    basis: "absolute",
    against_week: {
      state: 0,
      name: "Calm",
      level: 3.45,
      probabilities: { calm: 0.67, normal: 0.31, turbulent: 0.02 },
    },
    forecast: {
      "15": {
        volatility_bp: 18.4,
        quantiles: {
          ...{ "2.5": 9.1, "10": 11.5, "25": 14.4, "50": 18.4 },
          ...{ "75": 23.3, "90": 29, "97.5": 37.8 },
        },
      },
      "60": {
        volatility_bp: 38,
        quantiles: {
          ...{ "2.5": 19, "10": 24.5, "25": 30.1, "50": 38 },
          ...{ "75": 47.2, "90": 58.4, "97.5": 75.9 },
        },
      },
    },
    change_within_60_minutes: 0.34,
    shock_score: 0.7,
    is_shock: false,
    contributions: {
      ...{ short: 0.02, hour: -0.1, day: 0, week: 0.1 },
      ...{ season: 0.2, volume: 0, momentum: -0.01, bias: 0.03 },
    },
  };
}

/** A volatility model's output while it has `have` of the `need` bars. */
export function makeWarmingVolatility(have: number, need: number): ModelOutput {
  return {
    ...{ ready: false, have, need, state: null, name: null, confidence: null },
    ...{ probabilities: null, seconds_in_state: null, basis: null, against_week: null },
    ...{ forecast: null, change_within_60_minutes: null, shock_score: null, is_shock: null },
    contributions: null,
  };
}

/** A signal of a volatility model that is the primary one. */
export function makeVolatilitySignal(index: number): Signal {
  const { state, name, probabilities, ...output } = makeVolatilityOutput();
  return {
    ...makeSignal(index),
    features: { volatility_5: -7.1, week: 2.9 },
    normalized: {},
    ...{ anomaly_score: null, is_anomaly: null, log_likelihood: null },
    ...{ regime_state: state, regime_name: name, regime_probabilities: probabilities },
    ...output,
  };
}

/** A model's output while it has `have` of the `need` bars of its windows. */
export function makeWarmingOutput(have: number, need: number): ModelOutput {
  return {
    ...{ ready: false, have, need, state: null, name: null, confidence: null },
    ...{ probabilities: null, seconds_in_state: null, log_likelihood: null },
  };
}

/** The signal of a minute at which the primary model is not ready. */
export function makeWarmingSignal(index: number, have: number, need: number): Signal {
  return {
    ...makeSignal(index),
    features: { momentum: 0.001, volatility_proxy: 0.03, activity_ratio: null },
    normalized: { momentum: null, volatility_proxy: null, activity_ratio: null },
    ...{ anomaly_score: null, is_anomaly: null, regime_state: null, regime_name: null },
    ...{ confidence: null, regime_probabilities: null, seconds_in_state: null },
    ...{ log_likelihood: null, ready: false, have, need },
  };
}

/** The status of a market whose feed is well and that has counted nothing yet. */
export function makeSymbolStatus(fields: Partial<SymbolStatus> = {}): SymbolStatus {
  return symbolStatusSchema.parse({
    symbol: "BTCUSDT",
    last_trade_time: START,
    last_bar: START,
    market: "trading",
    loading: null,
    ...Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])),
    problem: null,
    ...fields,
  });
}

/** Bars as records of a log. */
export function barRecords(...bars: readonly Bar[]): LogRecord[] {
  return bars.map((record) => ({ kind: "bar", record }));
}

/** Signals as records of a log. */
export function signalRecords(...signals: readonly Signal[]): LogRecord[] {
  return signals.map((record) => ({ kind: "signal", record }));
}

/** How right a model's forecasts were, of which too few have matured for means over a day. */
export function makeLive(): Live {
  const day: LiveWindow = {
    ...{ forecasts: 150, forecasts_60: 105, coverage_80: null, coverage_80_60: null },
    ...{ brier_label: null, brier_threshold: null, brier_change: null },
    ...{ log_score: null, log_score_expected: null, shocks: null },
  };
  const week: LiveWindow = {
    ...{ forecasts: 9_000, forecasts_60: 8_955, coverage_80: 0.792, coverage_80_60: 0.776 },
    ...{ brier_label: 0.37, brier_threshold: 0.41, brier_change: 0.16 },
    ...{ log_score: -0.59, log_score_expected: -0.6, shocks: 130 },
  };
  const drift = {
    inputs: { momentum_5: 0.31, week: 5, volume_5: null },
    ...{ log_score: -0.59, band: [-0.65, -0.52], retrain: "momentum_5 has shifted" },
  };
  return {
    pooled: { day, week },
    symbols: {
      BTCUSDT: { day, week, basis: "absolute", drift },
      ETHUSDT: {
        ...{ day, week: day, basis: "week", trained_on: ["BTCUSDT"] },
        drift: { inputs: {}, log_score: null, band: null, retrain: null },
      },
    },
  };
}
