import { formatPrice } from "../format/price.ts";
import { createAlarmStrip, createNotice } from "./alarm.ts";
import { createCrosshair } from "./crosshair.ts";
import { element, setText } from "./dom.ts";
import { createFrameLoop } from "./frame_loop.ts";
import { createHeadline } from "./headline.ts";
import { createLegend } from "./legend.ts";
import { latest, outputOf, type Page } from "./page.ts";
import { createPanels } from "./panels.ts";
import { createModelPicker, createSymbolPicker } from "./pickers.ts";
import { createRail } from "./rail.ts";
import { createMinuteBar } from "./minute_bar.ts";
import { createReadouts } from "./readouts.ts";
import type { Scene } from "./scene.ts";

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

  function draw(parts: ReadonlySet<Part>): void {
    const shown = page();
    if (parts.has("charts")) scene = panels.draw(shown);
    else if (parts.has("forming")) scene = panels.drawForming(shown);
    if (parts.has("charts")) legend(scene);
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
    document.title = titleOf(shown, scene);
  }

  return changed;
}

/** The text in place of the charts while there are none. */
function noteOf({ signals, symbol, loading }: Page): string {
  if (signals.length > 0) return "";
  switch (loading.state) {
    case "loading":
      return `Loading the history of ${symbol}…`;
    case "failed":
      return `${loading.message}. Retrying…`;
    case "ready":
      return `No bars for ${symbol} yet. The first is due within a minute.`;
  }
}

/** The title of the tab. The price is first, so that it is visible from another tab. */
function titleOf(page: Page, scene: Scene | null): string {
  const now = latest(page);
  if (now === undefined || scene === null) return "MicroStream";
  const regime = outputOf(page, page.signals.at(-1))?.name;
  const market = [page.symbol, ...(regime === undefined ? [] : [regime])].join(", ");
  return `${formatPrice(now.close, scene.decimals)} ${market} | MicroStream`;
}
