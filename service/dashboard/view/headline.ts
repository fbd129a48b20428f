import { alarmOf } from "../data/alarm.ts";
import { changeSince } from "../data/history.ts";
import { forecastModel, hasForest, primaryModel, shownModel } from "../data/model.ts";
import { outputsOf, warmUpOf } from "../data/outputs.ts";
import { regimeColour } from "../data/regimes.ts";
import { spanLabel } from "../data/span.ts";
import { formatDuration } from "../format/duration.ts";
import { formatChange, formatNumber, formatProbability } from "../format/number.ts";
import { formatPrice, priceDecimals } from "../format/price.ts";
import { formatDay, formatMinute } from "../format/time.ts";
import { isReadyForecast, type ReadyForecast, type Signal } from "../../../data/schema/signal.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { element, setColour, setText } from "./dom.ts";
import { lastFinal, latest, outputOf, type Page } from "./page.ts";
import type { Scene } from "./scene.ts";

const HOUR_MS = 60 * MINUTE_MS;
const NOTHING = "–";
/** In place of what a model would say that is not ready. */
const WARMING_UP = "Warming up";

/**
 * The row of current figures: price, regime, anomaly and the forming minute. Without a forest the
 * shock takes the place of the anomaly.
 */
export function createHeadline(): (page: Page, scene: Scene | null) => void {
  const price = createPrice();
  const regime = createRegime();
  const anomaly = createAnomaly();
  const forming = createForming();
  return (page, scene) => {
    price(page, scene);
    regime(page);
    anomaly(page);
    forming(page);
  };
}

function createPrice(): (page: Page, scene: Scene | null) => void {
  const label = element("price-label");
  const price = element("price");
  const hour = element("change-hour");
  const span = element("change-span");
  const spanKey = element("change-span-label");
  const spanPair = element("change-span-pair");
  return (page, scene) => {
    const { signals } = page;
    const now = latest(page);
    setText(label, labelOf(page, now));
    setText(spanKey, spanLabel(page.span));
    spanPair.hidden = page.span === 60;
    if (now === undefined) {
      for (const node of [price, hour, span]) setText(node, NOTHING);
      return;
    }
    setText(price, formatPrice(now.close, scene?.decimals ?? priceDecimals([now.close])));
    setChange(hour, changeSince(signals, now.close, now.timestamp + MINUTE_MS - HOUR_MS));
    setChange(span, scene && changeSince(signals, now.close, scene.window.from));
  };
}

/** What the price is: the last one, or that of a past minute when none is known of now. */
function labelOf(page: Page, shown: Signal | undefined): string {
  const { symbol, zone } = page;
  if (symbol === "") return "Last price";
  if (shown === undefined || alarmOf(page, Date.now()).current) return `${symbol} last price`;
  const { timestamp } = shown;
  return `${symbol} price of ${formatDay(timestamp, zone)}, ${formatMinute(timestamp, zone)}`;
}

function setChange(node: HTMLElement, change: number | null): void {
  const text = change === null ? NOTHING : formatChange(change);
  setText(node, text);
  node.className = text.startsWith("+") ? "rising" : text.startsWith("−") ? "falling" : "";
}

/** The progress of a model that is not ready, in place of the other notes of its cell. */
function createProgress(id: string): (warmUp: string) => void {
  const progress = element(id);
  return (warmUp) => {
    progress.hidden = warmUp === "";
    setText(progress, warmUp);
    for (const note of progress.parentElement?.children ?? []) {
      if (note instanceof HTMLElement && note !== progress) note.hidden = warmUp !== "";
    }
  };
}

function createRegime(): (page: Page) => void {
  const label = element("regime-label");
  const name = element("regime");
  const swatch = element("regime-swatch");
  const confidence = element("confidence");
  const time = element("time-in-state");
  const announcer = element("announcer");
  const progress = createProgress("regime-progress");
  return (page) => {
    const model = shownModel(page.models, page.model);
    if (model !== undefined) setText(label, `Regime, ${model.name} model`);
    const last = outputOf(page, lastFinal(page));
    const warmUp = warmUpOf(model, latest(page));
    progress(warmUp);
    if (last === undefined) {
      for (const node of [confidence, time]) setText(node, NOTHING);
      setText(name, warmUp === "" ? NOTHING : WARMING_UP);
      setColour(swatch, "var(--edge)");
      setText(announcer, "");
      return;
    }
    setText(name, last.name);
    setColour(swatch, regimeColour(last));
    setText(confidence, formatProbability(last.confidence));
    setText(time, formatDuration(last.seconds_in_state));
    setText(announcer, `${page.symbol} regime: ${last.name}`);
  };
}

function createAnomaly(): (page: Page) => void {
  const label = element("anomaly-label");
  const verdict = element("anomaly");
  const score = element("anomaly-score");
  const threshold = element("anomaly-threshold");
  const thresholdPair = element("anomaly-threshold-pair");
  const progress = createProgress("anomaly-progress");
  return (page) => {
    const scored = hasForest(page.models);
    const model = scored ? primaryModel(page.models) : forecastModel(page.models);
    const warmUp = warmUpOf(model, latest(page));
    progress(warmUp);
    const offset = model?.offset ?? null;
    const what = scored ? "Anomaly" : "Shock";
    if (model !== undefined) setText(label, `${what}, ${model.name} model`);
    const isOdd = isOddMinute(page, lastFinal(page));
    const unknown = warmUp === "" ? NOTHING : WARMING_UP;
    const [odd, even] = scored ? ["Anomalous", "Ordinary"] : ["Shock", "No shock"];
    setText(verdict, isOdd === null ? unknown : isOdd ? odd : even);
    verdict.classList.toggle("anomalous", isOdd === true);
    setText(score, formatScore(page, lastFinal(page)));
    setText(threshold, offset === null ? NOTHING : formatNumber(offset, 3));
    // The threshold of shocks follows the market, and signals do not have it.
    thresholdPair.hidden = !scored || warmUp !== "";
  };
}

/** What the volatility model says in a signal; undefined if it is not ready or does not run. */
function forecastOf({ models }: Page, signal: Signal | undefined): ReadyForecast | undefined {
  const output = signal && outputsOf(forecastModel(models))(signal);
  return output !== undefined && isReadyForecast(output) ? output : undefined;
}

/** Whether a minute is an anomaly, or without a forest a shock; null if unknown. */
function isOddMinute(page: Page, signal: Signal | undefined): boolean | null {
  return (hasForest(page.models) ? signal?.is_anomaly : forecastOf(page, signal)?.is_shock) ?? null;
}

/** A signal's anomaly score, or without a forest its shock score; a dash where there is none. */
function formatScore(page: Page, signal: Signal | undefined): string {
  const scored = hasForest(page.models);
  const score = (scored ? signal?.anomaly_score : forecastOf(page, signal)?.shock_score) ?? null;
  return score === null ? NOTHING : formatNumber(score, scored ? 3 : 1);
}

function createForming(): (page: Page) => void {
  const time = element("forming-time");
  const name = element("forming-regime");
  const swatch = element("forming-swatch");
  const confidence = element("forming-confidence");
  const score = element("forming-score");
  return (page) => {
    const { nowcast, zone } = page;
    const output = outputOf(page, nowcast ?? undefined);
    setText(time, nowcast === null ? "" : formatMinute(nowcast.timestamp, zone));
    setText(name, output?.name ?? NOTHING);
    setColour(swatch, output === undefined ? "var(--edge)" : regimeColour(output));
    setText(confidence, output === undefined ? NOTHING : formatProbability(output.confidence));
    setText(score, formatScore(page, nowcast ?? undefined));
    score.classList.toggle("anomalous", isOddMinute(page, nowcast ?? undefined) ?? false);
  };
}
