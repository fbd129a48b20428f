import type { ReadyOutput, Signal } from "../../../data/schema/signal.ts";
import { qualityLabel } from "../data/health.ts";
import { formatNumber, formatProbability } from "../format/number.ts";
import { formatDate, formatDay, formatMinute, type Zone, zoneName } from "../format/time.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { byId, element, setAttribute, setText } from "./dom.ts";
import { outputOf, type Page, selectedSignal } from "./page.ts";
import type { Scene } from "./scene.ts";

/**
 * Shows the minute whose values the chart headers display. It is a slider for the keyboard and for
 * screen readers, which read the minute as one sentence.
 */
export function createMinuteBar(): (page: Page, scene: Scene | null) => void {
  const slider = element("minute");
  const time = element("minute-time");
  const day = element("minute-day");
  const kind = element("minute-kind");
  const quality = element("minute-quality");
  const back = byId("latest", HTMLButtonElement);
  return (page, scene) => {
    const { zone, cursor } = page;
    const signal = selectedSignal(page);
    const at = cursor ?? signal?.timestamp;
    back.hidden = cursor === null;
    if (at === undefined) {
      setText(time, "–");
      for (const node of [day, kind, quality]) setText(node, "");
      setAttribute(slider, "aria-valuetext", "no data yet");
      return;
    }
    setText(time, `${formatMinute(at, zone)} ${zoneName(at, zone)}`);
    setText(day, dayOf(at, zone));
    setText(kind, signal === undefined ? "no data" : signal.final ? "final" : "forming");
    setText(quality, signal?.final === true ? qualityLabel(signal.quality) : "");
    if (scene === null) return;
    const { from, to } = scene.window;
    setAttribute(slider, "aria-valuemax", String((to - from) / MINUTE_MS - 1));
    setAttribute(slider, "aria-valuenow", String((at - from) / MINUTE_MS));
    setAttribute(
      slider,
      "aria-valuetext",
      describeMinute(formatMinute(at, zone), signal, outputOf(page, signal)),
    );
  };
}

/** The day of a minute, with its year unless it is this one. */
function dayOf(at: number, zone: Zone): string {
  const now = Date.now();
  const isThisYear = formatDate(at, zone).slice(-4) === formatDate(now, zone).slice(-4);
  return isThisYear ? formatDay(at, zone) : formatDate(at, zone);
}

/** A minute as one sentence. */
function describeMinute(
  time: string,
  signal: Signal | undefined,
  output: ReadyOutput | undefined,
): string {
  if (signal === undefined) return `${time}, no data`;
  return [
    time,
    signal.final ? "" : "forming",
    `close ${signal.close}`,
    ...(output === undefined ? [] : [output.name, formatProbability(output.confidence)]),
    signal.anomaly_score === null ? "" : `anomaly score ${formatNumber(signal.anomaly_score, 2)}`,
    signal.is_anomaly === true ? "anomalous" : "",
  ].filter((part) => part !== "").join(", ");
}
