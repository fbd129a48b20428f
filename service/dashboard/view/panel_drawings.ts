import { anomalyChart } from "../charts/anomaly.ts";
import { featureChart } from "../charts/feature.ts";
import {
  formingPoint,
  formingPrice,
  formingProbabilities,
  formingVolume,
} from "../charts/forming.ts";
import { priceChart } from "../charts/price.ts";
import { probabilityChart } from "../charts/probabilities.ts";
import { volumeChart } from "../charts/volume.ts";
import { toCandles } from "../data/candles.ts";
import type { FeatureStyle } from "../data/features.ts";
import { formatNumber, formatQuantity } from "../format/number.ts";
import { formatPrice } from "../format/price.ts";
import type { PanelDrawing } from "./panel.ts";
import type { Scene } from "./scene.ts";

/** The candlesticks. */
export const PRICE: PanelDrawing = {
  chart: (scene, time, size) => priceChart({ ...scene, time }, size),
  forming: (chart, scene, time, size) => formingPrice(chart, { ...scene, time }, size),
  reach: ({ low, high }) => [low, high],
  format: (value, { decimals }) => formatPrice(value, decimals),
};

/** The volume bars. */
export const VOLUME: PanelDrawing = {
  chart: (scene, time, size) => volumeChart({ ...scene, time }, size),
  forming: (chart, scene, time) => formingVolume(chart, { ...scene, time }),
  reach: (nowcast, { signals, candleMinutes }) => [
    toCandles(signals, nowcast, candleMinutes).forming?.volume ?? 0,
  ],
  format: formatQuantity,
};

/** The stacked posteriors. */
export const PROBABILITY: PanelDrawing = {
  chart: (scene, time, size) => probabilityChart({ ...scene, time }, size),
  forming: (chart, scene, time) =>
    formingProbabilities(chart, { ...scene, time }, scene.formingPosterior),
  reach: () => [],
  format: (value) => `${Math.round(value * 100)}%`,
};

/** The anomaly score. */
export const ANOMALY: PanelDrawing = {
  chart: (scene, time, size) => anomalyChart({ ...scene, time }, size),
  forming: (chart, { nowcast }) =>
    formingPoint(chart, nowcast, nowcast?.anomaly_score ?? undefined),
  reach: ({ anomaly_score: score }) => score === null ? [] : [score],
  format: (value) => formatNumber(value, 3),
};

/** One feature. */
export function featureDrawing(feature: FeatureStyle): PanelDrawing {
  const value = (scene: Scene) =>
    scene.nowcast === null ? undefined : feature.value(scene.nowcast, scene.featureScale);
  return {
    chart: (scene, time, size) =>
      featureChart({ ...scene, feature, scale: scene.featureScale, time }, size),
    forming: (chart, scene) => formingPoint(chart, scene.nowcast, value(scene)),
    reach: (_, scene) => [value(scene) ?? 0],
    format: (value) => formatNumber(value, 2),
  };
}
