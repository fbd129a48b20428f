import type { ModelOutput, Signal } from "../../../data/schema/signal.ts";
import type { Model } from "./model.ts";

/** What a model says of the minute of a signal; undefined where it did not run, or had other regimes. */
export type Opinions = (signal: Signal) => ModelOutput | undefined;

/** The opinions of one of the models: the primary's is a signal's top level. */
export function opinionsOf(model: Model | undefined): Opinions {
  const regimes = model?.regimes.join();
  return (signal) => {
    const opinion = model?.primary ? topLevel(signal) : signal.models[model?.name ?? ""];
    if (opinion === undefined) return undefined;
    return Object.keys(opinion.probabilities).join() === regimes ? opinion : undefined;
  };
}

function topLevel(signal: Signal): ModelOutput {
  return {
    state: signal.regime_state,
    name: signal.regime_name,
    confidence: signal.confidence,
    probabilities: signal.regime_probabilities,
    seconds_in_state: signal.seconds_in_state,
    log_likelihood: signal.log_likelihood,
  };
}
