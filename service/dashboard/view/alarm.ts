import { alarmOf, otherMarkets } from "../data/alarm.ts";
import { element, setAttribute, setText } from "./dom.ts";
import type { Page } from "./page.ts";

/** The strip that says what the data is, and what is wrong with it. */
export function createAlarmStrip(): (page: Page) => void {
  const strip = element("alarm");
  const title = element("alarm-title");
  const message = element("alarm-message");
  const others = element("alarm-others");
  return (page) => {
    const alarm = alarmOf(page, Date.now());
    document.body.toggleAttribute("data-stale", !alarm.current);
    setAttribute(strip, "data-tone", alarm.tone);
    setText(title, alarm.title);
    setText(message, alarm.message);
    setText(others, otherMarkets(page.symbol, page.status));
  };
}

/** How long a notice is shown, ms. */
const NOTICE_MS = 20_000;

/** The temporary notice of a promoted model. */
export function createNotice(): (page: Page) => void {
  const host = element("notice");
  return ({ notice }) => {
    const isNew = notice !== null && Date.now() - notice.at < NOTICE_MS;
    setText(host, isNew ? notice.text : "");
  };
}
