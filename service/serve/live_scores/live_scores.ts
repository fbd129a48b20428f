import { FEATURE_NAMES, ForecastInputStream } from "../../../core-wasm/core.ts";
import type { Drift, Live, LiveMarket, LiveWindows } from "../../../data/schema/live.ts";
import { type ModelOutput, primaryOutput, type Signal } from "../../../data/schema/signal.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { WEEK_HOURS } from "./hour_sums.ts";
import { InputDrift } from "./input_drift.ts";
import { addSums, MarketScores, type ScoreSums } from "./market_scores.ts";
import { retrainReason } from "./retrain.ts";
import type { ScoredModel } from "./rules.ts";
import { windowOf } from "./windows.ts";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_HOURS = 24;
const INPUTS = FEATURE_NAMES.volatility;

/** One model and one market. */
interface Pair {
  readonly scores: MarketScores;
  readonly drift: InputDrift;
}

/** What is known of one market. */
interface Market {
  /** Its number in the stream of inputs. */
  readonly index: number;
  /** Open time of its last minute, ms UTC. */
  last: number;
  /** By model, in their order. */
  readonly pairs: readonly Pair[];
}

/** A model's output in a signal; undefined where it did not run. */
function outputOf(signal: Signal, model: string): ModelOutput | undefined {
  const beside = signal.models[model];
  if (beside !== undefined) return beside;
  // The top level does not name its model: it is the one that is not beside it.
  return signal.basis === undefined ? undefined : primaryOutput(signal);
}

/**
 * How right the published forecasts of the service's volatility models were, and how far the markets
 * are from the training: from the signals of the log alone, which carry their bars. Some
 * microseconds a signal, and 45 KB a market and model.
 */
export class LiveScores {
  readonly #models: readonly ScoredModel[];
  readonly #inputs: ForecastInputStream;
  readonly #markets = new Map<string, Market>();
  #newest = 0;
  #described: ReadonlyMap<string, Live> | undefined;

  constructor(wasm: WebAssembly.Module, models: readonly ScoredModel[]) {
    this.#models = models;
    this.#inputs = new ForecastInputStream(wasm);
  }

  /**
   * Takes a final signal. One that is not later than the market's last is passed over.
   */
  push(signal: Signal): void {
    const { symbol, timestamp } = signal;
    const market = this.#markets.get(symbol) ?? this.#open(symbol);
    if (timestamp <= market.last) return;
    market.last = timestamp;
    this.#newest = Math.max(this.#newest, timestamp);
    this.#described = undefined;
    const { inputs, have } = this.#inputs.push(market.index, timestamp, signal);
    for (const [i, { scores, drift }] of market.pairs.entries()) {
      const model = this.#models[i];
      if (model === undefined) continue;
      scores.push(signal, outputOf(signal, model.name));
      // As in training, the first bars of a sequence fill the windows.
      if (have >= model.rules.need) drift.push(Math.floor(timestamp / HOUR_MS), inputs);
    }
  }

  /**
   * The scores by model.
   *
   * @param symbols The markets to show beside all of them pooled.
   */
  describe(): ReadonlyMap<string, Live> {
    return this.#described ??= new Map(
      this.#models.map((model, i) => [model.name, this.#describe(model, i)]),
    );
  }

  #open(symbol: string): Market {
    const pairs = this.#models.map(({ rules }) => ({
      scores: new MarketScores(rules, symbol),
      drift: new InputDrift(INPUTS.map((name) => rules.inputs[name])),
    }));
    const market = { index: this.#inputs.add(), last: -Infinity, pairs };
    this.#markets.set(symbol, market);
    return market;
  }

  #describe({ rules }: ScoredModel, index: number): Live {
    const symbols: Record<string, LiveMarket> = {};
    const days: ScoreSums[] = [];
    const weeks: ScoreSums[] = [];
    const hour = Math.floor(this.#newest / HOUR_MS);
    for (const [symbol, { pairs }] of this.#markets) {
      const pair = pairs[index];
      if (pair === undefined) continue;
      const day = pair.scores.sums(hour, DAY_HOURS);
      const week = pair.scores.sums(hour, WEEK_HOURS);
      days.push(day);
      weeks.push(week);
      const trained = Object.keys(rules.horizons["15"].borders_absolute_y);
      symbols[symbol] = {
        ...windows(day, week),
        basis: pair.scores.basis,
        ...(trained.includes(symbol) ? {} : { trained_on: trained }),
        drift: driftOf(pair, week, trained.includes(symbol) ? rules.log_score : null),
      };
    }
    return { pooled: windows(addSums(days), addSums(weeks)), symbols };
  }
}

function windows(day: ScoreSums, week: ScoreSums): LiveWindows {
  return { day: windowOf(day), week: windowOf(week) };
}

/** @param tested The log scores of the walk-forward tests; null where they say nothing. */
function driftOf(
  { drift }: Pair,
  week: ScoreSums,
  tested: ScoredModel["rules"]["log_score"],
): Drift {
  const indices = drift.indices;
  const inputs = Object.fromEntries(INPUTS.map((name, i) => [name, indices[i] ?? null]));
  const band = tested === null ? null : [tested.low, tested.high] as const;
  return {
    inputs,
    log_score: windowOf(week).log_score,
    band,
    retrain: retrainReason(inputs, week, band),
  };
}
