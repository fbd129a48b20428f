import {
  isReady,
  type ModelOutput,
  primaryOutput,
  type ReadyOutput,
  type Signal,
} from "../../../data/schema/signal.ts";
import type { Model } from "../client/decode.ts";
import { formatCount } from "../format/number.ts";

/**
 * One model's output for a signal; undefined if the model did not run, was not ready or had other
 * regimes.
 */
export type Outputs = (signal: Signal) => ReadyOutput | undefined;

/** The outputs of a model. Those of the primary model of the time are the top level of signals. */
export function outputsOf(model: Model | undefined): Outputs {
  const regimes = model?.regimes ?? [];
  return (signal) => {
    const output = modelOutput(model, signal);
    if (output === undefined || !isReady(output)) return undefined;
    const { probabilities } = output;
    const same = Object.keys(probabilities).length === regimes.length &&
      regimes.every((regime) => probabilities[regime] !== undefined);
    return same ? output : undefined;
  };
}

function modelOutput(model: Model | undefined, signal: Signal): ModelOutput | undefined {
  const beside = signal.models[model?.name ?? ""];
  if (beside !== undefined) return beside;
  // The top level does not name its model, and another one may have been primary then: a volatility
  // model's has a basis.
  const isForecast = signal.basis !== undefined;
  const isModels = model?.preset === "volatility" ? isForecast : model?.primary && !isForecast;
  return isModels ? primaryOutput(signal) : undefined;
}

/** How far a model is in filling its windows, `9 of 20 minutes`; empty if it is ready or unknown. */
export function warmUpOf(model: Model | undefined, signal: Signal | undefined): string {
  const output = signal && modelOutput(model, signal);
  if (output === undefined || output.ready) return "";
  const { have = 0, need } = output;
  return need === undefined ? "" : `${formatCount(have)} of ${formatCount(need)} minutes`;
}
