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

function checkExpected(
  name: string,
  expected: number | undefined,
  actual: number | string,
): void {
  if (expected === undefined || expected === actual) return;
  throw new UsageError(
    `${name} must be ${actual}, which the primary model was trained with, or unset: ` +
      `current value is "${expected}"`,
  );
}

/**
 * Reads the artifacts that the configuration names.
 *
 * @returns One model an artifact; the first is the primary one.
 * @throws ArtifactError for a file that is missing, damaged or named like another.
 * @throws UsageError when the environment expects other parameters than the primary has.
 */
export function loadModels(config: Pick<Config, "models" | "expected">): readonly LoadedModel[] {
  const models = config.models.map(readArtifact);
  const [primary] = models;
  if (primary === undefined) {
    throw new UsageError("MODELS must name at least one artifact: current value is empty");
  }
  const names = models.map(({ artifact }) => artifact.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ArtifactError(`MODELS must name each model once: "${twice}" is there twice`);
  }
  const { expected } = config;
  // A volatility model has none of these, and the windows of other presets are the artifact's own.
  if ("forecast" in primary.artifact) return models;
  const { forest, hmm, features } = primary.artifact;
  checkExpected("ISOLATION_FOREST_CONTAMINATION", expected.contamination, forest.contamination);
  checkExpected("HMM_N_COMPONENTS", expected.states, hmm.labels.length);
  if (features.preset === "classic") {
    checkExpected("FEATURE_WINDOW_SIZE", expected.window, features.windows.rolling);
  }
  return models;
}
