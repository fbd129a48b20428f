import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../support/temporary.ts";

/** One row of a made-up trade file. */
export interface MadeTrade {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly time: number;
  readonly buyerIsMaker?: boolean;
  /** Raw trades in the aggregate, 1 by default. */
  readonly rawTrades?: number;
}

/** Writes an aggTrades file in Binance's columns, without header, and gives its path. */
export function writeTrades(name: string, trades: readonly MadeTrade[]): string {
  const path = join(temporaryFolder(), name);
  const rows = trades.map(({ id, price, quantity, time, buyerIsMaker = false, rawTrades = 1 }) =>
    [
      id,
      price,
      quantity,
      id * 10,
      id * 10 + rawTrades - 1,
      time,
      buyerIsMaker ? "True" : "False",
      "True",
    ].join(",")
  );
  writeFileSync(path, rows.join("\n") + "\n");
  return path;
}

/** Writes a kline file, without header, and gives its path. */
export function writeKlines(name: string, rows: readonly (readonly (number | string)[])[]): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, rows.map((row) => row.join(",")).join("\n") + "\n");
  return path;
}

const SHARED = join(import.meta.dirname ?? ".", "../../../../shared/data");

/** A file of the real market data beside the project; undefined, and said so, where there is none. */
export function realFile(path: string): string | undefined {
  const file = join(SHARED, path);
  if (existsSync(file)) return file;
  console.warn(`skipped: there is no ../shared/data/${path} here`);
  return undefined;
}
