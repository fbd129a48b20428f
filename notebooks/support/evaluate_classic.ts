import { readParameters } from "../../models/training/parameters.ts";
import { evaluateWalkForward } from "../../models/evaluation/evaluate.ts";
import { classicLabels } from "../../models/artifact/labels.ts";
import { classicFeatures } from "../../models/training/classic_features.ts";
import type { HeldOut, WalkForward } from "../../models/artifact/walk_forward.ts";
import type { BarSequence } from "../../models/training/sequences.ts";

/** Evaluation of the classic model on held-out bars. */
export interface ClassicEvaluation {
  readonly labels: readonly string[];
  readonly walkForward: WalkForward;
  /** The evaluated part: the pooled folds, or the final part. */
  readonly heldOut: HeldOut;
}

/**
 * Evaluates the classic model walk-forward, like `deno task train`.
 *
 * @param final Whether to evaluate the last part of the history instead of the folds before it.
 * @throws RangeError when the history is too short.
 */
export async function evaluateClassic(
  sequences: readonly BarSequence[],
  { seed, final }: { readonly seed: number; readonly final: boolean },
): Promise<ClassicEvaluation> {
  const parameters = readParameters();
  const walkForward = await evaluateWalkForward(sequences, {
    ...parameters,
    features: classicFeatures(parameters.window),
    seed,
    final,
  });
  const heldOut = final ? walkForward.final : walkForward.folds;
  if (heldOut === undefined) {
    throw new RangeError(
      `Cannot evaluate the classic model walk-forward as the history must be longer: ` +
        `${walkForward.note ?? ""}`,
    );
  }
  return { labels: classicLabels(parameters.states), walkForward, heldOut };
}
