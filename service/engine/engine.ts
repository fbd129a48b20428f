import { Scorer, type StepResult } from "../../core-wasm/core.ts";
import type { Bar } from "../../data/schema/bar.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Checkpoint } from "../bus/bus.ts";
import type { LoadedModel } from "./loaded_model.ts";
import { labelKey, type ModelOutput, type Signal } from "../../data/schema/signal.ts";

interface Slot {
  readonly index: number;
  /** Open time of the last bar in the state; undefined before the first. */
  last: number | undefined;
}

/** A model with the names that its numbers go by. */
interface NamedModel {
  readonly index: number;
  readonly name: string;
  readonly features: readonly string[];
  readonly labels: readonly string[];
  readonly keys: readonly string[];
}

function zip(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? NaN]));
}

/** Turns bars into signals; keeps the models' state of each symbol in WebAssembly. */
export class Engine {
  /** Names the models, in their order; a state fits only an engine of the same fingerprint. */
  readonly fingerprint: string;
  readonly #fingerprints: readonly string[];
  readonly #scorer: Scorer;
  readonly #slots = new Map<string, Slot>();
  readonly #primary: NamedModel;
  readonly #others: readonly NamedModel[];

  /**
   * @param wasm The core's module.
   * @param models At least one; the first is the primary.
   * @param symbols The markets to keep states of.
   */
  constructor(
    wasm: WebAssembly.Module,
    models: readonly LoadedModel[],
    symbols: readonly string[],
  ) {
    this.#fingerprints = models.map((model) => model.fingerprint);
    this.fingerprint = this.#fingerprints.join("+");
    this.#scorer = Scorer.create(wasm, models.map((model) => model.artifact), symbols.length);
    for (const symbol of symbols) {
      this.#slots.set(symbol, { index: this.#scorer.addSymbol(), last: undefined });
    }
    const [primary, ...others] = models.map(({ artifact }, index) => ({
      index,
      name: artifact.name,
      features: artifact.features.names,
      labels: artifact.hmm.labels,
      keys: artifact.hmm.labels.map(labelKey),
    }));
    if (primary === undefined) throw new RangeError("Cannot make an engine without any model");
    this.#primary = primary;
    this.#others = others;
  }

  /** The markets that it keeps states of. */
  get symbols(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Open time of the last bar in a symbol's state, ms UTC. */
  lastTime(symbol: string): number | undefined {
    return this.#slot(symbol).last;
  }

  /**
   * Takes a finished bar into the symbol's state. Minutes missing before it are passed over as
   * the models' dynamics predict.
   *
   * @throws RangeError for a bar that is not later than the last one, or an unknown symbol.
   */
  push(bar: Bar): Signal {
    this.learn(bar);
    return this.#signal(bar, true);
  }

  /** As {@link push}, of a bar whose signal nobody wants: it takes half the time. */
  learn(bar: Bar): void {
    const slot = this.#slot(bar.symbol);
    if (slot.last === undefined) {
      this.#scorer.begin(slot.index, bar.timestamp);
    } else {
      const missing = (bar.timestamp - slot.last) / MINUTE_MS - 1;
      if (missing < 0) {
        throw new RangeError(
          `Cannot push the bar ${bar.symbol} ${bar.timestamp} as it must be later than ${slot.last}`,
        );
      }
      if (missing > 0) this.#scorer.skip(slot.index, missing);
    }
    this.#scorer.step(slot.index, bar);
    slot.last = bar.timestamp;
  }

  /**
   * What the signal of a forming bar would be if the minute ended now; the state stays untouched.
   *
   * @returns undefined unless the state stands at the bar right before this one.
   */
  nowcast(bar: Bar): Signal | undefined {
    const slot = this.#slot(bar.symbol);
    if (slot.last !== bar.timestamp - MINUTE_MS) return undefined;
    this.#scorer.peek(slot.index, bar);
    return this.#signal(bar, false);
  }

  /** The symbol's state, to go on from later; undefined before the first bar. */
  checkpoint(symbol: string): Checkpoint | undefined {
    const { index, last } = this.#slot(symbol);
    if (last === undefined) return undefined;
    return {
      models: this.fingerprint,
      timestamp: last,
      state: this.#scorer.exportState(index),
    };
  }

  /** Goes back to a checkpoint; false, and nothing changed, when it is other models' state. */
  restore(symbol: string, checkpoint: Checkpoint): boolean {
    if (checkpoint.models !== this.fingerprint) return false;
    const slot = this.#slot(symbol);
    this.#scorer.importState(slot.index, checkpoint.state);
    slot.last = checkpoint.timestamp;
    return true;
  }

  /**
   * Goes on from where another engine stands, with the models that both run.
   *
   * @throws RangeError unless both stand at the same bar of the symbol.
   */
  adopt(symbol: string, from: Engine): void {
    const [slot, other] = [this.#slot(symbol), from.#slot(symbol)];
    if (slot.last !== other.last) {
      throw new RangeError(
        `Cannot adopt the state of ${symbol} as both must stand at ${slot.last}: the other ` +
          `stands at ${other.last}`,
      );
    }
    for (const [model, fingerprint] of this.#fingerprints.entries()) {
      const same = from.#fingerprints.indexOf(fingerprint);
      if (same >= 0) this.#scorer.copyState(slot.index, model, from.#scorer, other.index, same);
    }
  }

  #slot(symbol: string): Slot {
    const slot = this.#slots.get(symbol);
    if (slot !== undefined) return slot;
    const known = [...this.#slots.keys()].join(", ");
    throw new RangeError(`Cannot score ${symbol} as it must be one of ${known}`);
  }

  #signal(bar: Bar, final: boolean): Signal {
    const result = this.#scorer.result(this.#primary.index);
    const opinion = this.#opinion(this.#primary, result);
    return {
      schema: 1,
      symbol: bar.symbol,
      source: bar.source,
      quality: bar.quality,
      final,
      timestamp: bar.timestamp,
      datetime: new Date(bar.timestamp).toISOString(),
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      features: zip(this.#primary.features, result.features),
      normalized: zip(this.#primary.features, result.normalized),
      anomaly_score: result.anomalyScore,
      is_anomaly: result.isAnomaly,
      regime_state: opinion.state,
      regime_name: opinion.name,
      confidence: opinion.confidence,
      regime_probabilities: opinion.probabilities,
      seconds_in_state: opinion.seconds_in_state,
      log_likelihood: opinion.log_likelihood,
      models: Object.fromEntries(
        this.#others.map((
          model,
        ) => [model.name, this.#opinion(model, this.#scorer.result(model.index))]),
      ),
    };
  }

  #opinion(model: NamedModel, result: StepResult): ModelOutput {
    return {
      state: result.state,
      name: model.labels[result.state] ?? String(result.state),
      confidence: result.posterior[result.state] ?? NaN,
      probabilities: zip(model.keys, result.posterior),
      seconds_in_state: result.barsInState * (MINUTE_MS / 1000),
      log_likelihood: result.logLikelihood,
    };
  }
}
