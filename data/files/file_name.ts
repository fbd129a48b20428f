import { basename, dirname } from "node:path";

/** The market that a history file is of, as in `BTCUSDT-1m-2025-01.zip`; undefined for others. */
export function symbolOfFile(path: string): string | undefined {
  return /^([A-Z0-9]{2,20})[-_.]/.exec(basename(path))?.[1];
}

/** A stretch of time, ms UTC. */
export interface Period {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * The day or the month that one of Binance's dumps holds from end to end, by its name
 * (`...-2025-01-31.csv.gz`, `...-2025-01.zip`); undefined for other files.
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

/** The market that a history file is of: spot, unless its name or its folder speaks of futures. */
export function marketOfFile(path: string): "spot" | "usdm" {
  const futures = /usdm|futures/i.test(basename(path)) || basename(dirname(path)) === "usdm";
  return futures ? "usdm" : "spot";
}
