import type { BarQuality, BarSource } from "./bar.ts";

/** What one model says of one bar. */
export interface ModelOpinion {
  /** Index of the most probable regime in the artifact's canonical order. */
  readonly state: number;
  /** Label of that regime. */
  readonly name: string;
  /** Filtered posterior of that regime, 0 to 1. */
  readonly confidence: number;
  /** Filtered posterior P(s_t | x_1..x_t) by regime, keyed by the label in snake case. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Time since this regime became the most probable one, seconds; 60 for its first bar. */
  readonly seconds_in_state: number;
  /** ln p(x_t | x_1..x_{t-1}), nats. */
  readonly log_likelihood: number;
}

/** The regime of one market in one minute; topic `market_regime_signals`, SSE `signal` and `nowcast`. */
export interface Signal {
  readonly schema: 1;
  readonly symbol: string;
  readonly source: BarSource;
  readonly quality: BarQuality;
  /** False for a nowcast, which a later final signal replaces. */
  readonly final: boolean;
  /** Open time of the bar, ms UTC. */
  readonly timestamp: number;
  /** The same time, ISO 8601. */
  readonly datetime: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Raw features of the primary model by name. */
  readonly features: Readonly<Record<string, number>>;
  /** The same features as the model sees them. */
  readonly normalized: Readonly<Record<string, number>>;
  /** Isolation Forest score, -1 (anomalous) to 0; scikit-learn's `score_samples`. */
  readonly anomaly_score: number;
  /** `anomaly_score` below the artifact's offset. */
  readonly is_anomaly: boolean;
  readonly regime_state: number;
  readonly regime_name: string;
  readonly confidence: number;
  readonly regime_probabilities: Readonly<Record<string, number>>;
  readonly seconds_in_state: number;
  readonly log_likelihood: number;
  /** The other models that run beside the primary one, by artifact name. */
  readonly models: Readonly<Record<string, ModelOpinion>>;
}
