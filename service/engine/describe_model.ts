import type { ModelDescription } from "../../data/schema/model.ts";
import type { LoadedModel } from "./loaded_model.ts";

/** Describes the live models to the other stages: without their trees, the primary first. */
export function describeModels(models: readonly LoadedModel[]): readonly ModelDescription[] {
  return models.map(({ artifact, fingerprint, loaded }, index) => {
    const { trees, ...forest } = artifact.forest;
    return {
      ...artifact,
      fingerprint,
      loaded: new Date(loaded).toISOString(),
      primary: index === 0,
      forest: { ...forest, trees: trees.length },
    };
  });
}
