import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { TimeWindow } from "../data/span.ts";
import { byId, element, setText } from "./dom.ts";
import type { Panels } from "./panels.ts";

/** The surroundings of the crosshair. */
export interface CrosshairContext {
  readonly panels: Panels;
  /** The visible window; null while there is no data. */
  window(): TimeWindow | null;
  /** The selected minute; null for the latest. */
  cursor(): number | null;
  /** Called with the newly selected minute, or null for the latest. */
  onMove(cursor: number | null): void;
}

/**
 * A vertical line through all charts, moved by mouse, touch or keyboard.
 *
 * @returns Draws the line at the cursor.
 */
export function createCrosshair({ panels, window, cursor, onMove }: CrosshairContext): () => void {
  const host = element("panels");
  const line = element("crosshair");
  const level = createLevel(host, panels);

  function minuteAt(clientX: number): number | null {
    const shown = window();
    if (shown === null) return null;
    const share = (clientX - panels.left()) / panels.width();
    if (share < 0 || share >= 1) return null;
    const time = shown.from + share * (shown.to - shown.from);
    return Math.floor(time / MINUTE_MS) * MINUTE_MS;
  }

  host.addEventListener("pointermove", (event) => {
    onMove(minuteAt(event.clientX));
    level.show(event.clientY);
  });
  host.addEventListener("pointerdown", (event) => onMove(minuteAt(event.clientX)));
  host.addEventListener("pointerleave", (event) => {
    level.hide();
    // After a touch the minute stays selected; when a mouse leaves, it does not.
    if (event.pointerType === "mouse") onMove(null);
  });
  byId("latest", HTMLButtonElement).addEventListener("click", () => onMove(null));

  element("minute").addEventListener("keydown", (event) => {
    const shown = window();
    if (shown === null) return;
    const next = minuteByKey(event.key, cursor() ?? shown.to - MINUTE_MS, shown);
    if (next === undefined) return;
    event.preventDefault();
    onMove(next);
  });

  return () => {
    const shown = window();
    const at = cursor();
    line.hidden = shown === null || at === null || at < shown.from || at >= shown.to;
    if (line.hidden || shown === null || at === null) return;
    const share = (at + MINUTE_MS / 2 - shown.from) / (shown.to - shown.from);
    line.style.transform = `translateX(${Math.round(share * panels.width())}px)`;
  };
}

/** The minute that a key selects; null for the latest, undefined for other keys. */
function minuteByKey(key: string, at: number, { from, to }: TimeWindow): number | null | undefined {
  const last = to - MINUTE_MS;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageUp: 15,
    PageDown: -15,
  };
  if (key === "Escape") return null;
  if (key === "Home") return from;
  if (key === "End") return last;
  const move = moves[key];
  return move === undefined ? undefined : Math.min(last, Math.max(from, at + move * MINUTE_MS));
}

/** The horizontal line through the chart under the pointer, with a value tag at the axis. */
function createLevel(host: HTMLElement, panels: Panels) {
  const level = element("level");
  const tag = element("level-tag");
  return {
    show(clientY: number): void {
      const panel = panels.at(clientY);
      const top = panel?.host.getBoundingClientRect().top ?? 0;
      const value = panel?.valueAt(clientY - top) ?? null;
      level.hidden = value === null;
      if (value === null) return;
      setText(tag, value);
      const height = Math.round(clientY - host.getBoundingClientRect().top);
      level.style.transform = `translateY(${height}px)`;
    },
    hide(): void {
      level.hidden = true;
    },
  };
}
