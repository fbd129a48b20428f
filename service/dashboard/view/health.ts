import { healthOf } from "../data/health.ts";
import { element } from "./dom.ts";
import { createFacts } from "./facts.ts";
import type { Page } from "./page.ts";

/** The health of the data behind the page. */
export function createHealth(): (page: Page) => void {
  const update = createFacts(element("health"));
  return (page) => {
    const { status, statusAt, symbol, link, signals, zone } = page;
    const received = { status, at: statusAt };
    update(healthOf(received, symbol, link, signals.at(-1), Date.now(), zone));
  };
}
