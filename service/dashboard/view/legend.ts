import { regimeName } from "../data/regimes.ts";
import { element, html, setColour } from "./dom.ts";
import type { Scene } from "./scene.ts";

/** The legend of the charts. It is rewritten when the regimes or the marks change. */
export function createLegend(): (scene: Scene | null) => void {
  const list = element("legend");
  let shown = "";
  return (scene) => {
    if (scene === null) return;
    const wanted = [...scene.regimes, scene.scored].join();
    if (wanted === shown) return;
    shown = wanted;
    list.replaceChildren(
      ...scene.regimes.map((regime, index) =>
        item("swatch", scene.colours[index] ?? "", regimeName(regime))
      ),
      item("candle", "var(--up)", "Up"),
      item("candle", "var(--down)", "Down"),
      item("candle hollow", "var(--soft)", "Forming"),
      ...(scene.scored ? [item("diamond", "", "Anomaly")] : []),
    );
  };
}

function item(className: string, colour: string, label: string): HTMLElement {
  const mark = html("span", className);
  mark.ariaHidden = "true";
  if (colour !== "") setColour(mark, colour);
  return html("li", "", mark, label);
}
