import { basename, dirname } from "node:path";
import { symbolPrefix } from "../common/symbol.ts";

/**
 * The symbol of a history file's market, with which its name starts: `BTCUSDT-1m-2025-01.zip`,
 * `BTCUSDT_240329-1m-2024-01-01.csv`.
 *
 * @returns undefined when the name starts with something else.
 */
export function symbolOfFile(path: string): string | undefined {
  return symbolPrefix(basename(path));
}

/** A period of time, ms UTC. */
export interface Period {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * The day or the month that one of Binance's dumps covers, by its name (`...-2025-01-31.csv.gz`,
 * `...-2025-01.zip`); undefined for other files.
 */
export function periodOfFile(path: string): Period | undefined {
  const match = /-(\d{4})-(\d{2})(?:-(\d{2}))?\.csv(?:\.gz)?$|-(\d{4})-(\d{2})(?:-(\d{2}))?\.zip$/
    .exec(basename(path));
  if (match === null) return undefined;
  const year = Number(match[1] ?? match[4]);
  const month = Number(match[2] ?? match[5]) - 1;
  const dayText = match[3] ?? match[6];
  if (dayText === undefined) {
    return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
  }
  const day = Number(dayText);
  return { from: Date.UTC(year, month, day), to: Date.UTC(year, month, day + 1) };
}

/** The market segment of a history file: futures when its name or its folder says so, else spot. */
export function marketOfFile(path: string): "spot" | "usdm" {
  const futures = /usdm|futures/i.test(basename(path)) || basename(dirname(path)) === "usdm";
  return futures ? "usdm" : "spot";
}
