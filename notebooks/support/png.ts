import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import type { Figure } from "./figure.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = [400, 600].map((weight) =>
  readFileSync(resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`))
);
/** Pixels per CSS pixel, for a sharp image on most screens. */
const SCALE = 1.5;

let ready: Promise<void> | undefined;

/**
 * Renders a figure to the same bytes on any machine: the renderer is WebAssembly with its own font.
 *
 * @returns PNG.
 */
export async function renderPng({ svg }: Figure): Promise<Uint8Array> {
  ready ??= initWasm(readFileSync(resolve("@resvg/resvg-wasm/index_bg.wasm")));
  await ready;
  const resvg = new Resvg(svg, {
    font: { fontBuffers: FONTS, defaultFontFamily: "Inter" },
    fitTo: { mode: "zoom", value: SCALE },
  });
  try {
    return resvg.render().asPng();
  } finally {
    resvg.free();
  }
}
