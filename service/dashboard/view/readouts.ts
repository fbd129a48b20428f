import type { Signal } from "../../../data/schema/signal.ts";
import { primaryModel, shownModel } from "../data/model.ts";
import { regimeShortName } from "../data/regimes.ts";
import {
  formatChange,
  formatNumber,
  formatProbability,
  formatQuantity,
  formatSigned,
} from "../format/number.ts";
import { formatPrice } from "../format/price.ts";
import { element, html, setAttribute, setColour, setText } from "./dom.ts";
import { type Page, selectedSignal } from "./page.ts";
import type { Scene } from "./scene.ts";
import { splitSymbol } from "../../../data/schema/quote_assets.ts";

/** A value of the selected minute: its key, its text and its style. */
interface Reading {
  readonly key: string;
  readonly text: string;
  readonly className?: string;
  /** Colour of the swatch before it. */
  readonly colour?: string;
}

/** Writes the values of the selected minute into the chart headers. */
export function createReadouts(): (page: Page, scene: Scene | null) => void {
  return (page, scene) => {
    const signal = selectedSignal(page);
    if (scene === null) return;
    const length = `${scene.candleMinutes}-minute`;
    const assets = splitSymbol(page.symbol);
    setUnit("price-unit", assets?.quoteAsset ?? "", `${length} candles`);
    setUnit("volume-unit", assets?.baseAsset ?? "", `${length} bars`);
    const model = shownModel(page.models, page.model);
    setUnit(
      "probability-unit",
      model?.name ?? "",
      "filtered",
      scene.candleMinutes === 1 ? "" : `${length} means`,
    );
    write("price-readout", priceReadings(signal, scene));
    write("volume-readout", [{
      key: "1 min",
      text: signal === undefined ? "–" : formatQuantity(signal.volume),
    }]);
    const scoredBy = primaryModel(page.models)?.name ?? "";
    setUnit("anomaly-unit", scoredBy);
    setUnit("features-unit", scoredBy);
    write("probability-readout", probabilityReadings(signal, scene));
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

function setUnit(id: string, ...parts: readonly string[]): void {
  setText(element(id), parts.filter((part) => part !== "").join(", "));
}

function priceReadings(signal: Signal | undefined, { decimals }: Scene): readonly Reading[] {
  const price = (value: number | undefined) =>
    value === undefined ? "–" : formatPrice(value, decimals);
  const change = signal === undefined || signal.open <= 0
    ? "–"
    : formatChange(signal.close / signal.open - 1);
  const className = change.startsWith("+") ? "rising" : change.startsWith("−") ? "falling" : "";
  return [
    { key: "O", text: price(signal?.open) },
    { key: "H", text: price(signal?.high) },
    { key: "L", text: price(signal?.low) },
    { key: "C", text: price(signal?.close) },
    { key: "", text: change, className },
  ];
}

function probabilityReadings(
  signal: Signal | undefined,
  { regimes, colours, outputs }: Scene,
): readonly Reading[] {
  const probabilities = signal && outputs(signal)?.probabilities;
  return regimes.map((regime, index) => {
    const share = probabilities?.[regime];
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
