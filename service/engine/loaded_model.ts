import { readFileSync } from "node:fs";
import {
  type Artifact,
  ArtifactError,
  fingerprint,
  parseArtifact,
} from "../../models/artifact/read.ts";
import { UsageError } from "../../data/common/errors.ts";
import type { Config } from "../config.ts";

/** A model that the engine runs. */
export interface LoadedModel {
  readonly artifact: Artifact;
  /** Names what the artifact computes. */
  readonly fingerprint: string;
  /** When its file was read, ms UTC of this machine. */
  readonly loaded: number;
}

function readArtifact(path: string): LoadedModel {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ArtifactError(`${path}: cannot be read; it must be a model artifact`, { cause });
  }
  return {
    artifact: parseArtifact(text, path),
    fingerprint: fingerprint(text),
    loaded: Date.now(),
  };
}

/** Refuses settings that the first model of a forest and an HMM was not trained with. */
function checkExpected(models: readonly LoadedModel[], expected: Config["expected"]): void {
  const trained = models.flatMap(({ artifact }) => "forecast" in artifact ? [] : artifact)[0];
  if (trained === undefined) return;
  const { name: model, forest, hmm, features } = trained;
  const check = (name: string, given: number | undefined, actual: number | string) => {
    if (given === undefined || given === actual) return;
    throw new UsageError(
      `${name} must be ${actual}, which the model ${model} was trained with, or unset: ` +
        `current value is "${given}"`,
    );
  };
  check("ISOLATION_FOREST_CONTAMINATION", expected.contamination, forest.contamination);
  check("HMM_N_COMPONENTS", expected.states, hmm.labels.length);
  check("FEATURE_WINDOW_SIZE", expected.window, features.windows.rolling);
}

/**
 * Reads the artifacts that the configuration names.
 *
 * @returns One model an artifact; the first is the primary one.
 * @throws ArtifactError for a file that is missing, damaged or named like another.
 * @throws UsageError when the environment expects other parameters than a model has.
 */
export function loadModels(config: Pick<Config, "models" | "expected">): readonly LoadedModel[] {
  const models = config.models.map(readArtifact);
  if (models.length === 0) {
    throw new UsageError("MODELS must name at least one artifact: current value is empty");
  }
  const names = models.map(({ artifact }) => artifact.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ArtifactError(`MODELS must name each model once: "${twice}" is there twice`);
  }
  checkExpected(models, config.expected);
  return models;
}
