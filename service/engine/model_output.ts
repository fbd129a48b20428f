import type { HmmResult, StepResult, VolatilityResult } from "../../core-wasm/core.ts";
import { type Artifact, labelsOf } from "../../models/artifact/read.ts";
import { labelKey, type ModelOutput } from "../../data/schema/signal.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { CONTRIBUTION_KEYS, FORECAST_KEYS, QUANTILE_KEYS } from "../../data/schema/volatility.ts";

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

function forecastOf({ labels }: OutputNames, result: VolatilityResult) {
  const { week, basis, change, shockScore, isShock, contributions } = result;
  const [calm = NaN, normal = NaN, turbulent = NaN] = week.posterior;
  return {
    basis,
    against_week: {
      state: week.state,
      name: labels[week.state] ?? String(week.state),
      probabilities: { calm, normal, turbulent },
    },
    forecast: zip(FORECAST_KEYS, (horizon) => {
      const quantiles = zip(
        QUANTILE_KEYS,
        (level) => result.horizons[horizon]?.quantiles[level] ?? NaN,
      );
      return { volatility_bp: quantiles["50"], quantiles };
    }),
    change_within_60_minutes: change,
    shock_score: shockScore,
    is_shock: isShock,
    contributions: zip(CONTRIBUTION_KEYS, (part) => contributions[part] ?? NaN),
  };
}
