import type { ModelOutput, Signal } from "../../../data/schema/signal.ts";
import type { Model } from "../client/decode.ts";

/** One model's output for a signal; undefined if the model did not run or had other regimes. */
export type Outputs = (signal: Signal) => ModelOutput | undefined;

/** The outputs of a model. Those of the primary model are the top level of signals. */
export function outputsOf(model: Model | undefined): Outputs {
  const regimes = model?.regimes.join();
  return (signal) => {
    const output = model?.primary ? topLevel(signal) : signal.models[model?.name ?? ""];
    if (output === undefined) return undefined;
    return Object.keys(output.probabilities).join() === regimes ? output : undefined;
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
