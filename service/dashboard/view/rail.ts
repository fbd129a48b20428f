import { healthOf } from "../data/health.ts";
import { element } from "./dom.ts";
import { createFacts } from "./facts.ts";
import { createForecast } from "./forecast.ts";
import { createModelFacts } from "./model_facts.ts";
import { createOtherModels } from "./other_models.ts";
import type { Page } from "./page.ts";
import { createRegimeBars } from "./regime_bars.ts";
import type { Scene } from "./scene.ts";
import { createSummary } from "./summary.ts";

/** The column beside the charts: current regimes, forecast, other models, summary, data health, model. */
export function createRail(): (page: Page, scene: Scene | null) => void {
  const sections = [
    createRegimeBars(),
    createForecast(),
    createOtherModels(),
    createSummary(),
    createHealth(),
    createModelFacts(),
  ];
  return (page, scene) => {
    for (const update of sections) update(page, scene);
  };
}

function createHealth(): (page: Page) => void {
  const update = createFacts(element("health"));
  return ({ status, statusAt, symbol, link, signals, zone }) => {
    const received = { status, at: statusAt };
    update(healthOf(received, symbol, link, signals.at(-1), Date.now(), zone));
  };
}
