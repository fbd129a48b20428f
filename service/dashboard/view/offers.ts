import { formatCount } from "../format/number.ts";
import { element, html } from "./dom.ts";
import type { Page } from "./page.ts";

/** Most markets that are offered; the picker has all. */
const MOST_OFFERED = 24;

/** Links to the markets of the service, in place of the charts, when it lacks the wanted one. */
export function createOffers(): (page: Page) => void {
  const list = element("offers");
  let shown: readonly string[] = [];
  return ({ unknown, symbols }) => {
    const offered = unknown === null ? [] : symbols;
    if (offered === shown || offered.length === 0 && shown.length === 0) return;
    shown = offered;
    const more = offered.length - MOST_OFFERED;
    list.replaceChildren(
      ...offered.slice(0, MOST_OFFERED).map((symbol) => html("li", "", linkTo(symbol))),
      ...(more > 0 ? [html("li", "", `and ${formatCount(more)} more in the list above`)] : []),
    );
  };
}

function linkTo(symbol: string): HTMLAnchorElement {
  const link = html("a", "", symbol);
  link.href = `?${new URLSearchParams({ symbol })}`;
  return link;
}
