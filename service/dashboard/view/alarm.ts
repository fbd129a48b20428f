import { alarmOf } from "../data/alarm.ts";
import { element, setAttribute, setText } from "./dom.ts";
import type { Page } from "./page.ts";

/** The strip with the source of the data and its most important problem. */
export function createAlarmStrip(): (page: Page) => void {
  const strip = element("alarm");
  const title = element("alarm-title");
  const message = element("alarm-message");
  return ({ link, status, zone }) => {
    const alarm = alarmOf(link, status, zone);
    document.body.toggleAttribute("data-stale", link.state === "lost");
    setAttribute(strip, "data-tone", alarm.tone);
    setText(title, alarm.title);
    setText(message, alarm.message);
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
