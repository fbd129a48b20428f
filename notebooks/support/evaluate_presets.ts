import { symbolOfFile } from "../../data/files/file_name.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { evaluateWalkForward } from "../../models/evaluation/evaluate.ts";
import { classicLabels } from "../../models/artifact/labels.ts";
import { classicFeatures } from "../../models/training/classic_features.ts";
import type { HeldOut, WalkForward } from "../../models/artifact/walk_forward.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import { readHistory } from "../../models/training/train_on_files.ts";

/** Name of a preset of a forest and an HMM. */
type PresetName = "classic";

/** Evaluation of a preset on held-out bars. */
export interface PresetEvaluation {
  readonly preset: PresetName;
  readonly labels: readonly string[];
  readonly walkForward: WalkForward;
  /** The evaluated part: the pooled folds, or the final part. */
  readonly heldOut: HeldOut;
}

/** The sequences of a notebook's history. */
export async function readSequences(bars: readonly string[]): Promise<readonly BarSequence[]> {
  const files = bars.map((path) => ({ path, symbol: symbolOfFile(path) ?? "" }));
  return (await readHistory(files)).sequences;
}

/**
 * Evaluates presets walk-forward, like `deno task train`.
 *
 * @param final Whether to evaluate the last part of the history instead of the folds before it.
 * @throws RangeError when the history is too short.
 */
export async function evaluatePresets(
  sequences: readonly BarSequence[],
  { presets, seed, final }: {
    readonly presets: readonly PresetName[];
    readonly seed: number;
    readonly final: boolean;
  },
): Promise<readonly PresetEvaluation[]> {
  const parameters = readParameters();
  const evaluations: PresetEvaluation[] = [];
  for (const preset of presets) {
    const walkForward = await evaluateWalkForward(sequences, {
      ...parameters,
      features: classicFeatures(parameters.window),
      seed,
      final,
    });
    const heldOut = final ? walkForward.final : walkForward.folds;
    if (heldOut === undefined) {
      throw new RangeError(
        `Cannot evaluate ${preset} walk-forward as the history must be longer: ` +
          `${walkForward.note ?? ""}`,
      );
    }
    evaluations.push({ preset, labels: classicLabels(parameters.states), walkForward, heldOut });
  }
  return evaluations;
}
