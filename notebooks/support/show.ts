import { escape } from "../../data/common/std/html.ts";
import type { Figure } from "./figure.ts";
import { renderPng } from "./png.ts";
import { type Table, tablesToMarkdown } from "../../models/report/tables.ts";

/** Counters that the runner checks after each cell, see run.py. */
interface Outputs {
  /** Outputs announced so far. */
  shown: number;
  /** Unhandled promise rejections, which do not fail a cell by themselves. */
  readonly rejections: string[];
}

declare global {
  var microstreamOutputs: Outputs | undefined;
  // Only in a notebook's kernel, so it is missing in Deno's types.
  namespace Deno.jupyter {
    function broadcast(
      type: "display_data",
      content: { data: Record<string, string>; metadata: object; transient: object },
    ): Promise<void>;
  }
}

const outputs: Outputs = globalThis.microstreamOutputs ??= { shown: 0, rejections: [] };
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  outputs.rejections.push(String(event.reason));
});

/** Delay after an output, ms: Jupyter's own client stops listening as soon as a cell is done. */
const SETTLE_MS = 20;

async function display(data: Record<string, string>, metadata = {}): Promise<void> {
  outputs.shown++;
  await Deno.jupyter.broadcast("display_data", { data, metadata, transient: {} });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/**
 * Shows figures as PNG, the only image format that Jupyter, nbconvert and code hosts all display,
 * each above its alternative text. The metadata have it too, which not all of them read, and HTML
 * with an image loses it in a notebook that is not trusted.
 */
export async function show(...figures: readonly Figure[]): Promise<void> {
  for (const figure of figures) {
    const png = (await renderPng(figure)).toBase64();
    const { title, alt, width, height } = figure;
    await display(
      { "image/png": png, "text/plain": `${title}. ${alt}` },
      { "image/png": { width, height, alt }, alt },
    );
    await say(`<details><summary>${escape(title)} in words</summary>${escape(alt)}</details>`);
  }
}

/** Shows Markdown. */
export async function say(markdown: string): Promise<void> {
  await display({ "text/markdown": markdown, "text/plain": markdown });
}

/** Shows tables, each below its title. */
export async function showTables(...tables: readonly Table[]): Promise<void> {
  await say(tablesToMarkdown(tables, 4));
}
