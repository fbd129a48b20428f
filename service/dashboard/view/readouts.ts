import type { Signal } from "../../../data/schema/signal.ts";
import { type Candle, candleAt } from "../data/candles.ts";
import { primaryModel, shownModel } from "../data/model.ts";
import { posteriorAt } from "../data/posteriors.ts";
import { regimeShortName } from "../data/regimes.ts";
import {
  formatChange,
  formatNumber,
  formatProbability,
  formatQuantity,
  formatSigned,
} from "../format/number.ts";
import { formatPrice } from "../format/price.ts";
import { formatMinute } from "../format/time.ts";
import { element, html, setAttribute, setColour, setText } from "./dom.ts";
import { type Page, selectedSignal } from "./page.ts";
import type { Scene } from "./scene.ts";
import { splitSymbol } from "../../../data/schema/quote_assets.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

/** A value of the selected minute: its key, its text and its style. */
interface Reading {
  readonly key: string;
  readonly text: string;
  readonly className?: string;
  /** Colour of the swatch before it. */
  readonly colour?: string;
}

/**
 * Writes the values of the selected minute into the chart headers; where the chart shows candles of
 * several minutes or their means, those of the candle in which the minute lies, with its span.
 */
export function createReadouts(): (page: Page, scene: Scene | null) => void {
  return (page, scene) => {
    if (scene === null) return clear();
    const signal = selectedSignal(page);
    const minute = page.cursor ?? signal?.timestamp;
    const candle = minute === undefined ? undefined : candleAt(scene.candles, minute);
    const assets = splitSymbol(page.symbol);
    setUnit("price-unit", assets?.quoteAsset ?? "", spanOf("candle", minute, scene));
    setUnit("volume-unit", assets?.baseAsset ?? "", spanOf("bar", minute, scene));
    const model = shownModel(page.models, page.model);
    setUnit(
      "probability-unit",
      model?.name ?? "",
      scene.candleMinutes === 1 ? "filtered" : spanOf("mean", minute, scene),
    );
    write("price-readout", priceReadings(candle, scene));
    write("volume-readout", [{
      key: `${scene.candleMinutes} min`,
      text: candle === undefined ? "–" : formatQuantity(candle.volume),
    }]);
    const scoredBy = primaryModel(page.models)?.name ?? "";
    setUnit("anomaly-unit", scoredBy);
    setUnit("features-unit", scoredBy);
    write("probability-readout", probabilityReadings(signal, minute, scene));
    write("anomaly-readout", anomalyReadings(signal, scene));
    for (const feature of scene.features) {
      const raw = signal && feature.value(signal, "raw");
      const normalized = signal && feature.value(signal, "normalized");
      write(`feature-readout-${feature.name}`, [
        { key: "raw", text: raw === undefined ? "–" : feature.formatRaw(raw) },
        { key: "z", text: normalized === undefined ? "–" : formatSigned(normalized, 2) },
      ]);
    }
  };
}

/** Without charts there is nothing to read: what is left would be another market's. */
function clear(): void {
  for (const readout of document.querySelectorAll(".readout")) readout.replaceChildren();
  for (const unit of ["price-unit", "volume-unit", "probability-unit"]) setUnit(unit);
}

/** What a value of the chart is of: `15-minute candle 14:00–14:15`. */
function spanOf(
  what: string,
  minute: number | undefined,
  { candleMinutes, zone }: Scene,
): string {
  const kind = `${candleMinutes}-minute ${what}`;
  if (candleMinutes === 1 || minute === undefined) return `${kind}s`;
  const length = candleMinutes * MINUTE_MS;
  const from = Math.floor(minute / length) * length;
  return `${kind} ${formatMinute(from, zone)}–${formatMinute(from + length, zone)}`;
}

function setUnit(id: string, ...parts: readonly string[]): void {
  setText(element(id), parts.filter((part) => part !== "").join(", "));
}

function priceReadings(candle: Candle | undefined, { decimals }: Scene): readonly Reading[] {
  const price = (value: number | undefined) =>
    value === undefined ? "–" : formatPrice(value, decimals);
  const change = candle === undefined || candle.open <= 0
    ? "–"
    : formatChange(candle.close / candle.open - 1);
  const className = change.startsWith("+") ? "rising" : change.startsWith("−") ? "falling" : "";
  return [
    { key: "O", text: price(candle?.open) },
    { key: "H", text: price(candle?.high) },
    { key: "L", text: price(candle?.low) },
    { key: "C", text: price(candle?.close) },
    { key: "", text: change, className },
  ];
}

function probabilityReadings(
  signal: Signal | undefined,
  minute: number | undefined,
  { regimes, colours, outputs, posteriors, formingPosterior, candleMinutes }: Scene,
): readonly Reading[] {
  const drawn = formingPosterior === undefined ? posteriors : [...posteriors, formingPosterior];
  const mean = minute === undefined ? undefined : posteriorAt(drawn, minute, candleMinutes);
  const single = signal && outputs(signal)?.probabilities;
  return regimes.map((regime, index) => {
    const share = candleMinutes === 1 ? single?.[regime] : mean?.probabilities[index];
    return {
      key: regimeShortName(regime),
      text: share === undefined ? "–" : formatProbability(share),
      colour: colours[index] ?? "",
    };
  });
}

function anomalyReadings(signal: Signal | undefined, { offset }: Scene): readonly Reading[] {
  const className = signal?.is_anomaly === true ? "anomalous" : "";
  const score = signal?.anomaly_score ?? null;
  return [
    {
      key: signal?.is_anomaly === true ? "anomalous" : score === null ? "score" : "ordinary",
      text: score === null ? "–" : formatNumber(score, 3),
      className,
    },
    { key: "threshold", text: offset === null ? "–" : formatNumber(offset, 3) },
  ];
}

/** Writes readings into a header and reuses its nodes. */
function write(id: string, readings: readonly Reading[]): void {
  const host = document.getElementById(id);
  if (host === null) return;
  if (host.childElementCount !== readings.length) {
    host.replaceChildren(...readings.map(({ colour }) =>
      html(
        "span",
        "pair",
        ...(colour === undefined ? [] : [html("span", "swatch")]),
        html("span", "key"),
        html("span", "value"),
      )
    ));
  }
  for (const [index, { key, text, className, colour }] of readings.entries()) {
    const pair = host.children[index];
    const value = pair?.querySelector(".value");
    const label = pair?.querySelector(".key");
    const swatch = pair?.querySelector(".swatch");
    if (label) setText(label, key);
    if (swatch instanceof HTMLElement && colour !== undefined) setColour(swatch, colour);
    if (value) {
      setText(value, text);
      setAttribute(value, "class", `value ${className ?? ""}`.trimEnd());
    }
  }
}
