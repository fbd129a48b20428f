import type { Signal } from "../../../data/schema/signal.ts";
import type { Chart, ChartSize, TimeAxis } from "../charts/frame.ts";
import { fits } from "../charts/forming.ts";
import type { Scene } from "./scene.ts";

/** The drawing functions of a panel. */
export interface PanelDrawing {
  /** Draws all final signals. */
  chart(scene: Scene, time: TimeAxis, size: ChartSize): Chart;
  /** Draws the forming minute on top of a drawn chart. */
  forming(chart: Chart, scene: Scene, time: TimeAxis, size: ChartSize): SVGGElement;
  /** The values of the nowcast that must lie inside the value axis. */
  reach(nowcast: Signal, scene: Scene): readonly number[];
  /** Formats a value of the axis. */
  format(value: number, scene: Scene): string;
}

/** A chart and its element on the page. */
export interface Panel {
  readonly host: HTMLElement;
  /** Redraws everything. */
  draw(scene: Scene): void;
  /** Redraws only the forming minute, or everything if it is outside of the axes. */
  drawForming(scene: Scene): void;
  /** The formatted value at a height in the chart, px; null outside the axis. */
  valueAt(height: number): string | null;
}

/** Creates a panel in its element. A `labelled` chart has time labels. */
export function createPanel(
  host: HTMLElement,
  drawing: PanelDrawing,
  labelled: boolean,
  sizeOf: (host: HTMLElement) => ChartSize,
): Panel {
  let chart: Chart | undefined;
  let drawn: Scene | undefined;

  function timeAxis({ window, zone }: Scene): TimeAxis {
    return { window, zone, labelled };
  }

  function overlay(on: Chart, scene: Scene): void {
    on.querySelector(":scope > .forming")?.remove();
    on.append(drawing.forming(on, scene, timeAxis(scene), sizeOf(host)));
    hideCoveredLabels(on);
  }

  function draw(scene: Scene): void {
    drawn = scene;
    chart = drawing.chart(scene, timeAxis(scene), sizeOf(host));
    overlay(chart, scene);
    host.replaceChildren(chart);
  }

  return {
    host,
    draw,
    drawForming(scene) {
      const { nowcast } = scene;
      if (chart === undefined || drawn?.window.to !== scene.window.to) return draw(scene);
      if (nowcast !== null && !fits(chart, ...drawing.reach(nowcast, scene))) return draw(scene);
      drawn = scene;
      overlay(chart, scene);
    },
    valueAt(height) {
      const scale = chart?.scale("y");
      if (scale?.invert === undefined || drawn === undefined) return null;
      const value = Number(scale.invert(height));
      const domain: unknown = scale.domain;
      if (!Array.isArray(domain)) return null;
      const [low, high] = domain.map(Number);
      const inside = value >= (low ?? NaN) && value <= (high ?? NaN);
      return inside ? drawing.format(value, drawn) : null;
    },
  };
}

/** Hides the axis labels that the tag of the last price covers. */
function hideCoveredLabels(chart: Chart): void {
  const tag = chart.querySelector(".forming .price-tag");
  if (tag === null) return;
  const middle = Number(tag.getAttribute("y")) + Number(tag.getAttribute("height")) / 2;
  for (const label of chart.querySelectorAll<SVGElement>('[aria-label="y-axis tick label"] text')) {
    const height = Number(/,([-\d.]+)\)/.exec(label.getAttribute("transform") ?? "")?.[1]);
    label.style.visibility = Math.abs(height - middle) < 17 ? "hidden" : "";
  }
}
