import { alarmOf } from "../data/alarm.ts";
import { element, setAttribute, setText } from "./dom.ts";
import type { Page } from "./page.ts";

/** The strip that says where the data come from, and what is wrong with them. */
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
