import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { temporaryFolder } from "../support/temporary.ts";

/** 2024-05-01T00:00:00Z, the first of the minutes here. */
export const START = Date.UTC(2024, 4, 1);

/** Open time of a minute after {@linkcode START}. */
export function minute(index: number): number {
  return START + index * 60_000;
}

/** A sound OHLCV line of a minute, with changes. */
export function ohlcvLine(index: number, change: Readonly<Record<string, string | number>> = {}) {
  const line = { open_time: minute(index), open: 100, high: 102, low: 99, close: 101, volume: 7 };
  return Object.values({ ...line, ...change }).join(",");
}

/** A sound line of all twelve columns, as Binance's own files have it. */
export function klineLine(index: number, microseconds = false): string {
  const [us, end] = microseconds ? ["000", "999"] : ["", ""];
  const open = `${minute(index)}${us}`;
  const close = `${minute(index) + 59_999}${end}`;
  return `${open},100.00000000,102.00000000,99.00000000,101.00000000,7.00000000,${close},705.5,12,4.0,402.0,0`;
}

/** A sound line of an aggregate trade, with changes; one trade a second after {@linkcode START}. */
export function tradeLine(
  id: number,
  change: Readonly<Record<string, string | number>> = {},
): string {
  const line = { id, price: 100, quantity: 2, first: 10 * id, last: 10 * id + 3 };
  return Object.values({ ...line, time: START + id * 1000, maker: "True", best: "True", ...change })
    .join(",");
}

/** Writes a file of the running test, packed as its name says. */
export function writeLines(name: string, lines: readonly string[]): string {
  const path = join(temporaryFolder(), name);
  const text = `${lines.join("\n")}\n`;
  if (name.endsWith(".gz")) writeFileSync(path, gzipSync(text));
  else if (name.endsWith(".zip")) {
    writeFileSync(path, zipSync({ [name.replace(".zip", ".csv")]: strToU8(text) }));
  } else writeFileSync(path, text);
  return path;
}
