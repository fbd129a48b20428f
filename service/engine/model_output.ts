import {
  type HmmResult,
  type HorizonForecast,
  type StepResult,
  type VolatilityResult,
} from "../../core-wasm/core.ts";
import { type Artifact, labelsOf } from "../../models/artifact/read.ts";
import { labelKey, type ModelOutput } from "../../data/schema/signal.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

/** The names that a model's numbers go by. */
export interface OutputNames {
  /** Labels of its regimes. */
  readonly labels: readonly string[];
  /** Their keys. */
  readonly keys: readonly string[];
}

/** The names of an artifact's regimes. */
export function outputNames(artifact: Artifact): OutputNames {
  const labels = labelsOf(artifact);
  return { labels, keys: labels.map(labelKey) };
}

/** A record of values by name. */
export function zip<K extends string, T>(
  names: readonly K[],
  value: (index: number) => T,
): Record<K, T>;
export function zip(names: readonly string[], value: (index: number) => unknown) {
  return Object.fromEntries(names.map((name, i) => [name, value(i)]));
}

/** What no model says that is not ready. */
const SILENT = {
  state: null,
  name: null,
  confidence: null,
  probabilities: null,
  seconds_in_state: null,
} as const;

/** What no volatility model says that is not ready. */
const SILENT_FORECAST = {
  basis: null,
  against_week: null,
  forecast: null,
  change_within_60_minutes: null,
  shock_score: null,
  is_shock: null,
  contributions: null,
} as const;

/** What a model says of the bar of a result. */
export function toOutput(names: OutputNames, result: StepResult): ModelOutput {
  const { have, need } = result;
  if (have < need) {
    return {
      ...{ ready: false, have, need },
      ...SILENT,
      ...(result.kind === "hmm" ? { log_likelihood: null } : SILENT_FORECAST),
    };
  }
  return {
    ready: true,
    ...regimeOf(names, result),
    seconds_in_state: result.barsInState * (MINUTE_MS / 1000),
    ...(result.kind === "hmm"
      ? { log_likelihood: result.logLikelihood }
      : forecastOf(names, result)),
  };
}

function regimeOf({ labels, keys }: OutputNames, { state, posterior }: Regime) {
  return {
    state,
    name: labels[state] ?? String(state),
    confidence: posterior[state] ?? NaN,
    probabilities: zip(keys, (i) => posterior[i] ?? NaN),
  };
}

type Regime = Pick<HmmResult, "state" | "posterior">;

/** Literals: objects made of entries take another 3 us a signal to make, and 2 us to write. */
function horizonOf({ quantiles }: HorizonForecast) {
  const [q2 = NaN, q10 = NaN, q25 = NaN, q50 = NaN, q75 = NaN, q90 = NaN, q97 = NaN] = quantiles;
  return {
    volatility_bp: q50,
    quantiles: {
      "2.5": q2,
      "10": q10,
      "25": q25,
      "50": q50,
      "75": q75,
      "90": q90,
      "97.5": q97,
    },
  };
}

function forecastOf({ labels }: OutputNames, result: VolatilityResult) {
  const { week, basis, change, shockScore, isShock, horizons: [quarter, hour] } = result;
  const [calm = NaN, normal = NaN, turbulent = NaN] = week.posterior;
  const [short = NaN, hours = NaN, day = NaN, weeks = NaN, ...others] = result.contributions;
  const [season = NaN, volume = NaN, momentum = NaN, bias = NaN] = others;
  return {
    basis,
    against_week: {
      state: week.state,
      name: labels[week.state] ?? String(week.state),
      level: result.weekLevel,
      probabilities: { calm, normal, turbulent },
    },
    forecast: { "15": horizonOf(quarter), "60": horizonOf(hour) },
    change_within_60_minutes: change,
    shock_score: shockScore,
    is_shock: isShock,
    contributions: { short, hour: hours, day, week: weeks, season, volume, momentum, bias },
  };
}
