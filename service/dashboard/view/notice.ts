import { element, setText } from "./dom.ts";
import type { Page } from "./page.ts";

/** News stand for so long; what lasts is among the facts. */
const SHOWN_MS = 20_000;

/** Says for a while that other models went live. */
export function createNotice(): (page: Page) => void {
  const host = element("notice");
  return ({ notice }) => {
    const isNew = notice !== null && Date.now() - notice.at < SHOWN_MS;
    setText(host, isNew ? notice.text : "");
  };
}
