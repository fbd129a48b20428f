import type { LoadedModel } from "../engine/loaded_model.ts";

/** A model as `/api/v1/models` tells it: the artifact without its trees, and when it was loaded. */
export function describeModel({ artifact, fingerprint, loaded }: LoadedModel, index: number) {
  const { trees, ...forest } = artifact.forest;
  return {
    ...artifact,
    fingerprint,
    loaded: new Date(loaded).toISOString(),
    primary: index === 0,
    forest: { ...forest, trees: trees.length },
  };
}
