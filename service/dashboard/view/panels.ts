import { type ChartSize, plotWidth } from "../charts/frame.ts";
import { type FeatureStyle, featureStyle } from "../data/features.ts";
import { element, html } from "./dom.ts";
import type { Page } from "./page.ts";
import { createPanel, type Panel, type PanelDrawing } from "./panel.ts";
import { ANOMALY, featureDrawing, PRICE, PROBABILITY, VOLUME } from "./panel_drawings.ts";
import { type Scene, sceneOf } from "./scene.ts";

/** All charts of the page, stacked on one time axis. */
export interface Panels {
  /** Redraws all charts. */
  draw(page: Page): Scene | null;
  /** Redraws the forming minute, and those charts whose axis it left. */
  drawForming(page: Page): Scene | null;
  /** The panel at a height in the viewport, px. */
  at(y: number): Panel | undefined;
  /** Left edge of the plot area in the viewport, px. */
  left(): number;
  /** Width of the plot area, px. */
  width(): number;
}

/** Features of the shipped model. The page reserves space for them until the first signal. */
const EXPECTED = ["momentum", "volatility_proxy", "activity_ratio"];

/** Creates the charts in their elements; `onResize` is called when an element changes size. */
export function createPanels(onResize: () => void): Panels {
  const sizes = new Map<Element, ChartSize>();
  const sizeOf = (host: HTMLElement) => sizes.get(host) ?? { width: 0, height: 0 };
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect: { width, height } } of entries) {
      sizes.set(target, { width, height });
    }
    onResize();
  });

  function place(host: HTMLElement, drawing: PanelDrawing, labelled = false): Panel {
    observer.observe(host);
    return createPanel(host, drawing, labelled, sizeOf);
  }

  const price = place(element("price-chart"), PRICE);
  const fixed = [
    price,
    place(element("volume-chart"), VOLUME, true),
    place(element("probability-chart"), PROBABILITY),
    place(element("anomaly-chart"), ANOMALY),
  ];
  const scores = element("anomaly-panel");
  const featureHeader = element("features-panel");
  const featureHost = element("feature-panels");
  let names: readonly string[] = [];
  let features: readonly Panel[] = [];

  function placeFeatures(wanted: readonly FeatureStyle[]): void {
    if (wanted.map(({ name }) => name).join() === names.join()) return;
    for (const { host } of features) observer.unobserve(host);
    names = wanted.map(({ name }) => name);
    featureHost.replaceChildren();
    features = wanted.map((feature, index) => {
      const { section, host } = createFeatureSection(feature);
      featureHost.append(section);
      return place(host, featureDrawing(feature), index === wanted.length - 1);
    });
  }

  placeFeatures(EXPECTED.map(featureStyle));

  function each(page: Page, draw: (panel: Panel, scene: Scene) => void): Scene | null {
    const scene = sceneOf(page, plotWidth(sizeOf(price.host).width));
    if (scene === null) {
      for (const { host } of [...fixed, ...features]) host.replaceChildren();
      return null;
    }
    placeFeatures(scene.features);
    scores.hidden = !scene.scored;
    featureHeader.hidden = scene.features.length === 0;
    for (const panel of [...fixed, ...features]) {
      if (sizeOf(panel.host).width > 0) draw(panel, scene);
    }
    return scene;
  }

  return {
    draw: (page) => each(page, (panel, scene) => panel.draw(scene)),
    drawForming: (page) => each(page, (panel, scene) => panel.drawForming(scene)),
    at: (y) =>
      [...fixed, ...features].find(({ host }) => {
        const { top, bottom } = host.getBoundingClientRect();
        return y >= top && y < bottom;
      }),
    left: () => {
      const { host } = price;
      return host.getBoundingClientRect().left + parseFloat(getComputedStyle(host).paddingLeft);
    },
    width: () => plotWidth(sizeOf(price.host).width),
  };
}

/** The section of one feature's chart, with its header. */
function createFeatureSection(feature: FeatureStyle) {
  const host = html("div", "chart-host chart-feature");
  const readout = html("p", "readout");
  readout.id = `feature-readout-${feature.name}`;
  const section = html(
    "section",
    "panel",
    html(
      "header",
      "",
      html("h3", "", feature.title),
      html("span", "key", feature.definition),
      readout,
    ),
    host,
  );
  return { section, host };
}
