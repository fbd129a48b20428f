import { modelTitle, offeredModels, shownModel } from "../data/model.ts";
import { byId } from "./dom.ts";
import type { Page } from "./page.ts";
import { createSegmented } from "./segmented.ts";

/** The choice of the model that the page shows. */
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
