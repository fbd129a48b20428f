import { alarmOf } from "../data/alarm.ts";
import { isIn } from "../data/span.ts";
import { createAlarmStrip, createNotice } from "./alarm.ts";
import { createCrosshair } from "./crosshair.ts";
import { element, setText } from "./dom.ts";
import { createFrameLoop } from "./frame_loop.ts";
import { createHeadline } from "./headline.ts";
import { createLegend } from "./legend.ts";
import { createOffers } from "./offers.ts";
import type { Page } from "./page.ts";
import { createPanels } from "./panels.ts";
import { createModelPicker, createSymbolPicker } from "./pickers.ts";
import { createRail } from "./rail.ts";
import { createMinuteBar } from "./minute_bar.ts";
import { createReadouts } from "./readouts.ts";
import type { Scene } from "./scene.ts";
import { frozenTitle, titleOf } from "./title.ts";

/**
 * A part of the page that changed:
 * - `charts`: final signals, time span, models, the shown model, or the size
 * - `forming`: the nowcast
 * - `cursor`: the selected minute
 * - `facts`: anything that is only text
 */
export type Part = "charts" | "forming" | "cursor" | "facts";

/** The state that the view draws, and the handlers that it calls. */
export interface ViewActions {
  page(): Page;
  onPickSymbol(symbol: string): void;
  onPickModel(model: string): void;
  onMoveCursor(cursor: number | null): void;
}

/**
 * Creates the view.
 *
 * @returns Schedules a redraw of a part that changed.
 */
export function createView(
  { page, onPickSymbol, onPickModel, onMoveCursor }: ViewActions,
): (part: Part) => void {
  let scene: Scene | null = null;
  const changed = createFrameLoop(draw);
  const panels = createPanels(() => changed("charts"));
  const crosshair = createCrosshair({
    panels,
    window: () => scene?.window ?? null,
    cursor: () => page().cursor,
    onMove: onMoveCursor,
  });
  const symbolPicker = createSymbolPicker(onPickSymbol);
  const modelPicker = createModelPicker(onPickModel);
  const alarmStrip = createAlarmStrip();
  const notice = createNotice();
  const headline = createHeadline();
  const rail = createRail();
  const minuteBar = createMinuteBar();
  const readouts = createReadouts();
  const legend = createLegend();
  const note = element("chart-note");
  const offers = createOffers();

  function draw(parts: ReadonlySet<Part>): void {
    const shown = page();
    if (parts.has("charts")) scene = panels.draw(shown);
    else if (parts.has("forming")) scene = panels.drawForming(shown);
    if (parts.has("charts")) legend(scene);
    // The charts have moved past the selected minute.
    if (scene !== null && shown.cursor !== null && !isIn(scene.window, shown.cursor)) {
      onMoveCursor(null);
    }
    crosshair();
    minuteBar(shown, scene);
    readouts(shown, scene);
    if (parts.size === 1 && parts.has("cursor")) return;
    symbolPicker(shown);
    modelPicker(shown);
    alarmStrip(shown);
    notice(shown);
    headline(shown, scene);
    rail(shown, scene);
    setText(note, noteOf(shown));
    offers(shown);
  }

  document.addEventListener("freeze", () => {
    document.title = frozenTitle(page());
  });
  return (part) => {
    // A hidden page gets no frames, but its title is seen.
    if (part !== "cursor") document.title = titleOf(page(), Date.now());
    changed(part);
  };
}

/** The text in place of the charts while there are none. */
function noteOf(page: Page): string {
  const { signals, symbol, unknown, loading } = page;
  if (signals.length > 0) return "";
  if (unknown !== null) return `${unknown} is not among the markets of this service:`;
  if (loading.state === "failed") return `${loading.message}. Retrying…`;
  const alarm = alarmOf(page, Date.now());
  if (loading.state === "loading") return alarm.current ? `Loading the history of ${symbol}…` : "";
  return alarm.current
    ? `No bars for ${symbol} yet. The first is due within a minute.`
    : `No bars for ${symbol} yet. ${alarm.title}.`;
}
