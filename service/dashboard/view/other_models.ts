import type { ModelOpinion } from "../../engine/signal.ts";
import { regimeColours } from "../data/regimes.ts";
import { formatDuration } from "../format/duration.ts";
import { formatProbability } from "../format/number.ts";
import { element, html, setColour, setText } from "./dom.ts";
import type { Page } from "./page.ts";

type Update = (opinion: ModelOpinion) => void;

/**
 * A small panel for each model that runs beside the primary one. The page keeps the place of one,
 * as the shipped models need it, until the first signal tells which there are.
 */
export function createOtherModels(): (page: Page) => void {
  const host = element("other-models");
  const panels = new Map<string, Update>();
  let waiting = true;
  return ({ signals }) => {
    const opinions = signals.at(-1)?.models;
    if (opinions === undefined) return;
    if (waiting) host.replaceChildren();
    waiting = false;
    for (const [name, opinion] of Object.entries(opinions)) {
      let update = panels.get(name);
      if (update === undefined) {
        update = createPanel(host, name);
        panels.set(name, update);
      }
      update(opinion);
    }
  };
}

function createPanel(host: HTMLElement, name: string): Update {
  const swatch = html("span", "swatch");
  const regime = html("span", "");
  const confidence = html("span", "");
  const time = html("span", "");
  host.append(
    html(
      "section",
      "",
      html("h2", "", `${name.charAt(0).toUpperCase()}${name.slice(1)} model`),
      html("p", "opinion", swatch, regime),
      html(
        "p",
        "note",
        html("span", "pair", confidence, " ", html("span", "key", "confidence")),
        html("span", "pair", html("span", "key", "for"), " ", time),
      ),
    ),
  );
  return (opinion) => {
    const colours = regimeColours(Object.keys(opinion.probabilities));
    setColour(swatch, colours[opinion.state] ?? "");
    setText(regime, opinion.name);
    setText(confidence, formatProbability(opinion.confidence));
    setText(time, formatDuration(opinion.seconds_in_state));
  };
}
