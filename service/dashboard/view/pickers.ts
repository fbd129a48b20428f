import { modelTitle, offeredModels, shownModel } from "../data/model.ts";
import { byId, html } from "./dom.ts";
import type { Page } from "./page.ts";
import { createSegmented } from "./segmented.ts";

/** The select element for the market. */
export function createSymbolPicker(onPick: (symbol: string) => void): (page: Page) => void {
  const select = byId("symbol", HTMLSelectElement);
  select.addEventListener("change", () => onPick(select.value));
  let shown: readonly string[] = [];
  return ({ symbols, symbol }) => {
    if (shown !== symbols) {
      shown = symbols;
      select.replaceChildren(...symbols.map((each) => html("option", "", each)));
    }
    if (select.value !== symbol) select.value = symbol;
  };
}

/** The segmented control for the model to show. */
export function createModelPicker(onPick: (model: string) => void): (page: Page) => void {
  const fieldset = byId("model-choice", HTMLFieldSetElement);
  const legend = fieldset.querySelector("legend");
  let names = "";
  return ({ models, model }) => {
    const offered = offeredModels(models);
    const shown = shownModel(models, model)?.name ?? "";
    const wanted = offered.map(({ name }) => name).join();
    if (wanted !== names) {
      names = wanted;
      fieldset.replaceChildren(...(legend === null ? [] : [legend]));
      const choices = offered.map(({ name }) => ({ value: name, label: modelTitle(name) }));
      createSegmented(fieldset, choices, shown, onPick);
    }
    for (const input of fieldset.querySelectorAll("input")) {
      if (input.value === shown && !input.checked) input.checked = true;
    }
  };
}
