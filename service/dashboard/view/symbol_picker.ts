import { byId, html } from "./dom.ts";
import type { Page } from "./page.ts";

/** The choice of the market. */
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
