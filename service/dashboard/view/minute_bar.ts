import type { ModelOutput, Signal } from "../../../data/schema/signal.ts";
import { qualityLabel } from "../data/quality.ts";
import { formatNumber, formatProbability } from "../format/number.ts";
import { formatDay, formatMinute, zoneName } from "../format/time.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { byId, element, setAttribute, setText } from "./dom.ts";
import { opinionOf, type Page, readSignal } from "./page.ts";
import type { Scene } from "./scene.ts";

/**
 * Says which minute the heads of the charts show. It is a slider to the keyboard and to
 * screen readers, which hear the minute in one sentence.
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
    const signal = readSignal(page);
    const at = cursor ?? signal?.timestamp;
    back.hidden = cursor === null;
    if (at === undefined) return;
    setText(time, `${formatMinute(at, zone)} ${zoneName(at, zone)}`);
    setText(day, formatDay(at, zone));
    setText(kind, signal === undefined ? "no data" : signal.final ? "final" : "forming");
    setText(quality, signal?.final === true ? qualityLabel(signal.quality) : "");
    if (scene === null) return;
    const { from, to } = scene.window;
    setAttribute(slider, "aria-valuemax", String((to - from) / MINUTE_MS - 1));
    setAttribute(slider, "aria-valuenow", String((at - from) / MINUTE_MS));
    setAttribute(
      slider,
      "aria-valuetext",
      spoken(formatMinute(at, zone), signal, opinionOf(page, signal)),
    );
  };
}

/** A minute in one sentence. */
function spoken(
  time: string,
  signal: Signal | undefined,
  opinion: ModelOutput | undefined,
): string {
  if (signal === undefined) return `${time}, no data`;
  return [
    time,
    signal.final ? "" : "forming",
    `close ${signal.close}`,
    ...(opinion === undefined ? [] : [opinion.name, formatProbability(opinion.confidence)]),
    `anomaly score ${formatNumber(signal.anomaly_score, 2)}`,
    signal.is_anomaly ? "anomalous" : "",
  ].filter((part) => part !== "").join(", ");
}
