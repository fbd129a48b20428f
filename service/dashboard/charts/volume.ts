import type { Signal } from "../../../data/schema/signal.ts";
import { type Candle, toCandles } from "../data/candles.ts";
import { quantityLabels } from "./axis_labels.ts";
import { bodyWidth, isRising } from "./candle_path.ts";
import { type Chart, type ChartSize, frame, type Position, type TimeAxis } from "./frame.ts";
import { pathMark, rectangle } from "./path.ts";
import { roundTicks } from "./ticks.ts";

/** Data of the volume chart. */
export interface VolumeData {
  readonly signals: readonly Signal[];
  /** The forming minute. The axis includes it; `formingVolume` draws it. */
  readonly nowcast: Signal | null;
  /** Length of a bar, minutes; that of the candles. */
  readonly candleMinutes: number;
  readonly time: TimeAxis;
}

/** Volume in base currency, one bar per candle. */
export function volumeChart(data: VolumeData, size: ChartSize): Chart {
  const { signals, nowcast, candleMinutes, time } = data;
  const { closed, forming } = toCandles(signals, nowcast, candleMinutes);
  const largest = Math.max(...closed.map((each) => each.volume), forming?.volume ?? 0);
  const domain = [0, largest > 0 ? largest * 1.08 : 1] as const;
  const ticks = roundTicks(domain, 2);
  const bars = (rising: boolean) => closed.filter((candle) => isRising(candle) === rising);
  return frame(
    `Volume in ${candleMinutes}-minute bars`,
    [
      pathMark({ class: "volumes up" }, (x, y) => volumePath(bars(true), x, y)),
      pathMark({ class: "volumes down" }, (x, y) => volumePath(bars(false), x, y)),
    ],
    time,
    { domain, ticks, format: quantityLabels(ticks) },
    size,
  );
}

/** Path data of volume bars, aligned to the pixel grid. */
export function volumePath(candles: readonly Candle[], x: Position, y: Position): string {
  const base = Math.round(y(0));
  return candles.map(({ from, to, volume }) => {
    if (volume <= 0) return "";
    const width = bodyWidth(x(to) - x(from));
    const left = Math.floor((x(from) + x(to)) / 2) - (width - 1) / 2;
    return rectangle(left, Math.min(base - 1, Math.round(y(volume))), left + width, base);
  }).join("");
}
