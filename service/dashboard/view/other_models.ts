import type { ModelOutput } from "../../../data/schema/signal.ts";
import { modelTitle, offeredModels, shownModel } from "../data/model.ts";
import { opinionsOf } from "../data/opinions.ts";
import { regimeColour } from "../data/regimes.ts";
import { formatDuration } from "../format/duration.ts";
import { formatProbability } from "../format/number.ts";
import { element, html, setColour, setText } from "./dom.ts";
import type { Page } from "./page.ts";

const NOTHING = "–";

type Update = (name: string, opinion: ModelOutput | undefined) => void;

/**
 * A small panel for each model that runs beside the one that is shown. The page keeps the place of
 * one, as the shipped models need it, until it knows which there are.
 */
export function createOtherModels(): (page: Page) => void {
  const host = element("other-models");
  let panels: readonly Update[] | undefined;
  return ({ models, model, signals }) => {
    if (models.length === 0) return;
    const last = signals.at(-1);
    const shown = shownModel(models, model);
    const others = offeredModels(models).filter((each) => each !== shown);
    if (panels?.length !== others.length) {
      host.replaceChildren();
      panels = others.map(() => createPanel(host));
    }
    for (const [index, other] of others.entries()) {
      panels[index]?.(other.name, last && opinionsOf(other)(last));
    }
  };
}

function createPanel(host: HTMLElement): Update {
  const title = html("h2", "");
  const swatch = html("span", "swatch");
  const regime = html("span", "");
  const confidence = html("span", "");
  const time = html("span", "");
  host.append(
    html(
      "section",
      "",
      title,
      html("p", "opinion", swatch, regime),
      html(
        "p",
        "note",
        html("span", "pair", confidence, " ", html("span", "key", "confidence")),
        html("span", "pair", html("span", "key", "for"), " ", time),
      ),
    ),
  );
  return (name, opinion) => {
    setText(title, `${modelTitle(name)} model`);
    setColour(swatch, opinion === undefined ? "var(--edge)" : regimeColour(opinion));
    setText(regime, opinion?.name ?? NOTHING);
    setText(confidence, opinion === undefined ? NOTHING : formatProbability(opinion.confidence));
    setText(time, opinion === undefined ? NOTHING : formatDuration(opinion.seconds_in_state));
  };
}
