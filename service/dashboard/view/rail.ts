import type { Page } from "./page.ts";
import { createHealth } from "./health.ts";
import { createModelFacts } from "./model_facts.ts";
import { createOtherModels } from "./other_models.ts";
import { createRegimeBars } from "./regime_bars.ts";
import type { Scene } from "./scene.ts";
import { createSummary } from "./summary.ts";

/** The column beside the charts: regimes now, other models, the span in sum, data health, the model. */
export function createRail(): (page: Page, scene: Scene | null) => void {
  const sections = [
    createRegimeBars(),
    createOtherModels(),
    createSummary(),
    createHealth(),
    createModelFacts(),
  ];
  return (page, scene) => {
    for (const update of sections) update(page, scene);
  };
}
