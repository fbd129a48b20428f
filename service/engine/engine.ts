import { Scorer, type StepResult } from "../../core-wasm/core.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { Signal } from "../../data/schema/signal.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Checkpoint } from "../bus/event_log.ts";
import type { LoadedModel } from "./loaded_model.ts";
import { type OutputNames, outputNames, toOutput, zip } from "./model_output.ts";

interface Slot {
  readonly index: number;
  /** Open time of the last bar in the state; undefined before the first. */
  last: number | undefined;
}

/** A model with the names that its numbers go by. */
interface NamedModel extends OutputNames {
  readonly index: number;
  readonly name: string;
  readonly features: readonly string[];
}

/** The fields of a signal that show what the primary model sees, and what its forest says. */
function describeInputs(features: readonly string[], result: StepResult) {
  const ready = result.have >= result.need;
  if (result.kind === "volatility") {
    return {
      features: zip(features, (i) => ready ? result.features[i] ?? NaN : null),
      normalized: {},
      anomaly_score: null,
      is_anomaly: null,
    };
  }
  return {
    features: zip(features, (i) => result.defined[i] ? result.features[i] ?? NaN : null),
    normalized: zip(features, (i) => ready ? result.normalized[i] ?? NaN : null),
    anomaly_score: ready ? result.anomalyScore : null,
    is_anomaly: ready ? result.isAnomaly : null,
  };
}

/** Turns bars into signals. The models' state of each symbol lives in WebAssembly. */
export class Engine {
  /** Names the models, in their order; a state fits only an engine of the same fingerprint. */
  readonly fingerprint: string;
  readonly #fingerprints: readonly string[];
  readonly #scorer: Scorer;
  readonly #slots = new Map<string, Slot>();
  /** A slot that never has a bar. */
  readonly #blank: number;
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
    this.#scorer = Scorer.create(
      wasm,
      models.map((model) => model.artifact),
      symbols.length + 1,
    );
    for (const symbol of symbols) {
      this.#slots.set(symbol, { index: this.#scorer.addSymbol(symbol), last: undefined });
    }
    this.#blank = this.#scorer.addSymbol();
    const [primary, ...others] = models.map(({ artifact }, index) => ({
      index,
      name: artifact.name,
      features: artifact.features.names,
      ...outputNames(artifact),
    }));
    if (primary === undefined) throw new RangeError("Cannot make an engine without any model");
    this.#primary = primary;
    this.#others = others;
  }

  /** The markets that it keeps states of. */
  get symbols(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Whether it keeps a state of a market. */
  has(symbol: string): boolean {
    return this.#slots.has(symbol);
  }

  /** Open time of the last bar in a symbol's state, ms UTC. */
  lastTime(symbol: string): number | undefined {
    return this.#slot(symbol).last;
  }

  /**
   * Advances the symbol's state by a finished bar. Over minutes missing before it the state moves as
   * the models' dynamics predict.
   *
   * @returns The signal of that minute.
   * @throws RangeError for a bar that is not later than the last one, or an unknown symbol.
   */
  push(bar: Bar): Signal {
    this.advance(bar);
    return this.#signal(bar, true);
  }

  /** As {@linkcode push} without the signal, in half the time. */
  advance(bar: Bar): void {
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
   * The signal that a forming bar would give if its minute ended now. The state does not change.
   *
   * @returns undefined unless the last bar in the state is the one right before this one, or there
   *   is none yet.
   */
  nowcast(bar: Bar): Signal | undefined {
    const slot = this.#slot(bar.symbol);
    if (slot.last === undefined) this.#scorer.begin(slot.index, bar.timestamp);
    else if (slot.last !== bar.timestamp - MINUTE_MS) return undefined;
    this.#scorer.peek(slot.index, bar);
    return this.#signal(bar, false);
  }

  /** The signal of a forming bar when nothing is known of the bars before it. */
  blankNowcast(bar: Bar): Signal {
    this.#scorer.begin(this.#blank, bar.timestamp);
    this.#scorer.peek(this.#blank, bar);
    return this.#signal(bar, false);
  }

  /** The symbol's state, to resume from later; undefined before the first bar. */
  checkpoint(symbol: string): Checkpoint | undefined {
    const { index, last } = this.#slot(symbol);
    if (last === undefined) return undefined;
    return {
      symbol,
      models: this.fingerprint,
      timestamp: last,
      state: this.#scorer.exportState(index),
    };
  }

  /** Resumes from a checkpoint; false, and nothing changed, when it is the state of other models. */
  restore(checkpoint: Checkpoint): boolean {
    if (checkpoint.models !== this.fingerprint) return false;
    const slot = this.#slot(checkpoint.symbol);
    this.#scorer.importState(slot.index, checkpoint.state);
    slot.last = checkpoint.timestamp;
    return true;
  }

  /**
   * Copies the state of the models that both engines run from another engine.
   *
   * @throws RangeError unless the last bar of the symbol is the same in both.
   */
  copyState(symbol: string, from: Engine): void {
    const [slot, other] = [this.#slot(symbol), from.#slot(symbol)];
    if (slot.last !== other.last) {
      throw new RangeError(
        `Cannot copy the state of ${symbol} as its last bar must be ${slot.last}: current value ` +
          `is ${other.last}`,
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
    const { ready, state, name, confidence, probabilities, ...rest } = toOutput(
      this.#primary,
      result,
    );
    const { seconds_in_state, log_likelihood = null, ...further } = rest;
    return {
      schema: 1,
      symbol: bar.symbol,
      source: bar.source,
      quality: bar.quality,
      final,
      ...(bar.backfill && { backfill: bar.backfill }),
      timestamp: bar.timestamp,
      datetime: new Date(bar.timestamp).toISOString(),
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      ...describeInputs(this.#primary.features, result),
      regime_state: state,
      regime_name: name,
      confidence,
      regime_probabilities: probabilities,
      seconds_in_state,
      log_likelihood,
      ready,
      ...further,
      models: Object.fromEntries(
        this.#others.map((model) => [
          model.name,
          toOutput(model, this.#scorer.result(model.index)),
        ]),
      ),
    };
  }
}
