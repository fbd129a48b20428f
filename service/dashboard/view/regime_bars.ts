import { EXPECTED_REGIMES, regimeColours, regimeName } from "../data/regimes.ts";
import { formatProbability } from "../format/number.ts";
import { element, html, setColour, setText } from "./dom.ts";
import { shownModel } from "../data/model.ts";
import { lastFinal, outputOf, type Page } from "./page.ts";

interface Bar {
  readonly name: HTMLElement;
  readonly value: HTMLElement;
  readonly fill: HTMLElement;
  readonly tick: HTMLElement;
}

/** One bar per regime: its posterior after the last bar, and a tick at that of the nowcast. */
export function createRegimeBars(): (page: Page) => void {
  const list = element("regime-bars");
  let bars: readonly Bar[] = [];
  return (page) => {
    const last = outputOf(page, lastFinal(page));
    const nowcast = outputOf(page, page.nowcast ?? undefined);
    const regimes = shownModel(page.models, page.model)?.regimes ?? EXPECTED_REGIMES;
    if (bars.length !== regimes.length) {
      list.replaceChildren();
      bars = regimes.map(() => createBar(list));
    }
    const colours = regimeColours(regimes);
    for (const [index, regime] of regimes.entries()) {
      const bar = bars[index];
      if (bar === undefined) continue;
      const share = last?.probabilities[regime];
      const forming = nowcast?.probabilities[regime];
      setText(bar.name, regimeName(regime));
      setText(bar.value, share === undefined ? "–" : formatProbability(share));
      setColour(bar.fill, colours[index] ?? "");
      bar.fill.style.width = `${(share ?? 0) * 100}%`;
      bar.tick.hidden = forming === undefined;
      bar.tick.style.left = `${(forming ?? 0) * 100}%`;
    }
  };
}

function createBar(list: HTMLElement): Bar {
  const bar = {
    name: html("span", ""),
    value: html("span", ""),
    fill: html("div", "fill"),
    tick: html("div", "tick"),
  };
  const track = html("div", "track", bar.fill, bar.tick);
  list.append(html("li", "", bar.name, bar.value, track));
  return bar;
}
