import { alarmOf } from "../data/alarm.ts";
import { formatPrice } from "../format/price.ts";
import { lastFinal, latest, outputOf, type Page } from "./page.ts";
import { decimalsOf } from "./scene.ts";

/**
 * The title of the tab, which is seen from other tabs: the price first while it is the market's
 * present one, else what is wrong.
 */
export function titleOf(page: Page, now: number): string {
  const alarm = alarmOf(page, now);
  const subject = page.symbol === "" ? "" : `${page.symbol}: `;
  if (!alarm.current) return `${subject}${alarm.title} | MicroStream`;
  const last = latest(page);
  if (last === undefined) return `${subject}no price yet | MicroStream`;
  const price = formatPrice(last.close, decimalsOf(page.signals));
  const market = `${price} ${page.symbol}${alarm.mark === "" ? "" : ` (${alarm.mark})`}`;
  const regime = outputOf(page, lastFinal(page))?.name;
  return `${market}${regime === undefined ? "" : `, ${regime}`} | MicroStream`;
}

/** The title of a tab that the browser has stopped: it runs no code, so it must not keep a price. */
export function frozenTitle({ symbol }: Page): string {
  return `${symbol === "" ? "" : `${symbol}, `}paused by the browser | MicroStream`;
}
