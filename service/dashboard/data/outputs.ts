import {
  isReady,
  primaryOutput,
  type ReadyOutput,
  type Signal,
} from "../../../data/schema/signal.ts";
import type { Model } from "../client/decode.ts";

/**
 * One model's output for a signal; undefined if the model did not run, was not ready or had other
 * regimes.
 */
export type Outputs = (signal: Signal) => ReadyOutput | undefined;

/** The outputs of a model. Those of the primary model are the top level of signals. */
export function outputsOf(model: Model | undefined): Outputs {
  const regimes = model?.regimes.join();
  return (signal) => {
    const output = model?.primary ? primaryOutput(signal) : signal.models[model?.name ?? ""];
    if (output === undefined || !isReady(output)) return undefined;
    return Object.keys(output.probabilities).join() === regimes ? output : undefined;
  };
}
