import { FEATURE_NAMES } from "../../core-wasm/core.ts";
import type { HmmArtifact } from "../artifact/read.ts";

/**
 * The features of a classic model.
 *
 * @param rolling Bars in their windows.
 */
export function classicFeatures(rolling: number): HmmArtifact["features"] {
  return { preset: "classic", names: [...FEATURE_NAMES.classic], windows: { rolling } };
}
