import { expect, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import {
  isReadyForecast,
  type ModelOutput,
  primaryOutput,
  type Signal,
} from "../../../data/schema/signal.ts";
import { parseSignal } from "../../../data/schema/parse.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { randomBars } from "../../core-wasm/support.ts";
import { quickVolatility } from "../../support/quick_volatility.ts";
import { makeBar } from "../../support/records.ts";

const CLASSIC = loadModels({ models: ["models/classic.json"], expected: {} });
const QUICK = quickVolatility();
const NEED = 300;

function openEngine(models = [QUICK], symbols = ["BTCUSDT"]): Engine {
  return new Engine(loadCore(), models, symbols);
}

/** Bars of the minutes `from` and later; their volatility rises and falls within hours. */
function bars(count: number, from = 0, symbol = "BTCUSDT"): readonly Bar[] {
  let open = 100;
  return randomBars(count, 7).map((bar, i) => {
    const size = 0.5 * Math.exp(1.5 * Math.sin(i / 60));
    const close = open * (bar.close / bar.open) ** size;
    const made = {
      ...makeBar(from + i, symbol),
      ...{ open, close, high: Math.max(open, close), low: Math.min(open, close) },
      volume: bar.volume,
    };
    open = close;
    return made;
  });
}

function forecastOf(output: ModelOutput | undefined) {
  if (output === undefined || !isReadyForecast(output)) throw new Error("no forecast");
  return output;
}

test("beside another model, a forecast is whole, consistent, and read back as it is", () => {
  const engine = openEngine([...CLASSIC, QUICK]);
  for (const bar of bars(2000)) {
    const signal = engine.push(bar);
    expect(parseSignal(JSON.stringify(signal))).toEqual(signal);
    const output = signal.models["volatility"];
    if (!output?.ready) continue;
    const { state, name, confidence, probabilities, forecast, against_week } = forecastOf(output);
    const shares = ["calm", "normal", "turbulent"].map((key) => probabilities[key] ?? NaN);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(confidence).toBe(shares[state]);
    expect(name).toBe(["Calm", "Normal", "Turbulent"][state]);
    expect(Object.keys(against_week.probabilities)).toEqual(["calm", "normal", "turbulent"]);
    for (const { volatility_bp, quantiles } of [forecast["15"], forecast["60"]]) {
      expect(volatility_bp).toBe(quantiles["50"]);
      const ascending = Object.entries(quantiles)
        .sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
      expect(ascending).toHaveLength(7);
      expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
    }
    expect(output).not.toHaveProperty("log_likelihood");
  }
});

test("as the primary model it says the same at the top level, and no anomaly", () => {
  const [beside, primary] = [openEngine([...CLASSIC, QUICK]), openEngine([QUICK, ...CLASSIC])];
  const alone = openEngine();
  for (const bar of bars(400)) {
    const [one, two, three] = [beside.push(bar), primary.push(bar), alone.push(bar)];
    expect(primaryOutput(two)).toEqual(one.models["volatility"]);
    expect(two.models["classic"]).toEqual(primaryOutput(one));
    expect(three).toEqual({ ...two, models: {} });
    expect(two).toMatchObject({ anomaly_score: null, is_anomaly: null, log_likelihood: null });
    expect(two.normalized).toEqual({});
    expect(Object.values(two.features).every((value) => (value !== null) === two.ready)).toBe(true);
    expect(Object.keys(two.features)).toEqual(QUICK.artifact.features.names);
  }
});

test("a market of the training has absolute regimes, another one those against its week", () => {
  const engine = openEngine([QUICK], ["BTCUSDT", "DOGEUSDT"]);
  const [known, foreign] = ["BTCUSDT", "DOGEUSDT"].map((symbol) =>
    bars(1000, 0, symbol).map((bar) => engine.push(bar)).slice(NEED)
  );
  expect(known?.every(({ basis }) => basis === "absolute")).toBe(true);
  for (const [i, signal] of (foreign ?? []).entries()) {
    const { basis, state, name, probabilities, against_week } = forecastOf(primaryOutput(signal));
    expect(basis).toBe("week");
    expect({ ...against_week, state, name, probabilities }).toEqual(against_week);
    expect(signal.forecast).toEqual(known?.[i]?.forecast);
    expect(signal.against_week).toEqual(known?.[i]?.against_week);
  }
});

test("a regime lasts until another exceeds it by the margin, and its seconds count missing minutes", () => {
  const engine = openEngine();
  const before = bars(1000).map((bar) => engine.push(bar)).slice(NEED - 1);
  for (const [i, signal] of before.entries()) {
    const last = before[i - 1];
    const { state, probabilities, seconds_in_state: seconds } = forecastOf(primaryOutput(signal));
    const kept = last?.regime_state === state;
    expect(seconds).toBe(kept ? (last?.seconds_in_state ?? NaN) + 60 : 60);
    const shares = Object.values(probabilities);
    if (kept) expect(Math.max(...shares) - (shares[state] ?? NaN)).toBeLessThanOrEqual(0.2);
    else expect(shares[state]).toBe(Math.max(...shares));
  }
  expect(new Set(before.map(({ regime_state }) => regime_state)).size).toBeGreaterThan(1);
  const [last] = before.slice(-1);
  const [late] = bars(1, 1009).map((bar) => engine.push(bar));
  if (late?.regime_state === last?.regime_state) {
    expect(late?.seconds_in_state).toBe((last?.seconds_in_state ?? NaN) + 600);
  } else {
    expect(late?.seconds_in_state).toBe(60);
  }
});

test("missing minutes silence nothing; more than a day of them begins anew", () => {
  for (const [missing, ready] of [[1, true], [1440, true], [1441, false]] as const) {
    const engine = openEngine();
    for (const bar of bars(500)) engine.advance(bar);
    const [bar] = bars(1, 500 + missing);
    const signal = bar && engine.push(bar);
    expect(signal?.ready).toBe(ready);
    expect(signal?.have).toBe(ready ? undefined : 1);
  }
});

test("over holes too, a nowcast is the final signal, and a restart from a checkpoint changes no bit", () => {
  const holes = [5, 90, 301, 640, 641, 1500];
  const all = bars(1700).filter((_, i) => !holes.includes(i) && !(i > 1000 && i < 1200));
  const whole = openEngine([...CLASSIC, QUICK]);
  let resumed = openEngine([...CLASSIC, QUICK]);
  for (const [i, bar] of all.entries()) {
    const nowcast = whole.nowcast(bar);
    const signal = whole.push(bar);
    if (nowcast !== undefined) expect(nowcast).toEqual({ ...signal, final: false });
    expect(JSON.stringify(resumed.push(bar))).toBe(JSON.stringify(signal));
    if (i % 97 !== 0) continue;
    const checkpoint = resumed.checkpoint("BTCUSDT");
    resumed = openEngine([...CLASSIC, QUICK]);
    expect(checkpoint && resumed.restore(checkpoint)).toBe(true);
  }
});

test("where the history began is forgotten after eight days", () => {
  const [always, fresh] = [openEngine(), openEngine()];
  const [before, history] = [6000, 11_520];
  const all = bars(before + history + 200);
  const compared: (readonly [Signal, Signal])[] = [];
  for (const [i, bar] of all.entries()) {
    if (i < before) always.advance(bar);
    else if (i < before + history) {
      always.advance(bar);
      fresh.advance(bar);
    } else compared.push([always.push(bar), fresh.push(bar)]);
  }
  for (const [one, two] of compared) {
    const [a, b] = [one, two].map((signal) => forecastOf(primaryOutput(signal)));
    const ratio = (a?.forecast["15"].volatility_bp ?? NaN) / (b?.forecast["15"].volatility_bp ?? 1);
    expect(Math.abs(Math.log(ratio))).toBeLessThan(0.01);
    expect(Math.abs((a?.confidence ?? NaN) - (b?.confidence ?? NaN))).toBeLessThan(0.02);
  }
});
