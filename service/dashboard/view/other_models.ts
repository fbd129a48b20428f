import type { ReadyOutput } from "../../../data/schema/signal.ts";
import { modelTitle, offeredModels, shownModel } from "../data/model.ts";
import { outputsOf, warmUpOf } from "../data/outputs.ts";
import { regimeColour } from "../data/regimes.ts";
import { formatDuration } from "../format/duration.ts";
import { formatProbability } from "../format/number.ts";
import { element, html, setColour, setText } from "./dom.ts";
import { lastFinal, latest, type Page } from "./page.ts";

const NOTHING = "–";

type Update = (name: string, output: ReadyOutput | undefined, warmUp: string) => void;

/**
 * A small panel for each model other than the shown one. Until the models are loaded, the page
 * reserves the space of one panel, which is right for the shipped models.
 */
export function createOtherModels(): (page: Page) => void {
  const host = element("other-models");
  let panels: readonly Update[] | undefined;
  return (page) => {
    const { models, model } = page;
    if (models.length === 0) return;
    const last = lastFinal(page);
    const now = latest(page);
    const shown = shownModel(models, model);
    const others = offeredModels(models).filter((each) => each !== shown);
    if (panels?.length !== others.length) {
      host.replaceChildren();
      panels = others.map(() => createPanel(host));
    }
    for (const [index, other] of others.entries()) {
      panels[index]?.(other.name, last && outputsOf(other)(last), warmUpOf(other, now));
    }
  };
}

function createPanel(host: HTMLElement): Update {
  const title = html("h2", "");
  const swatch = html("span", "swatch");
  const regime = html("span", "");
  const confidence = html("span", "");
  const time = html("span", "");
  const figures = [
    html("span", "pair", confidence, " ", html("span", "key", "confidence")),
    html("span", "pair", html("span", "key", "for"), " ", time),
  ];
  const progress = html("span", "");
  host.append(
    html(
      "section",
      "",
      title,
      html("p", "model-output", swatch, regime),
      html("p", "note", ...figures, progress),
    ),
  );
  return (name, output, warmUp) => {
    setText(title, `${modelTitle(name)} model`);
    setColour(swatch, output === undefined ? "var(--edge)" : regimeColour(output));
    setText(regime, output?.name ?? (warmUp === "" ? NOTHING : "Warming up"));
    setText(progress, warmUp);
    for (const figure of figures) figure.hidden = warmUp !== "";
    setText(confidence, output === undefined ? NOTHING : formatProbability(output.confidence));
    setText(time, output === undefined ? NOTHING : formatDuration(output.seconds_in_state));
  };
}
