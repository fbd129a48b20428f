import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strToU8, zipSync } from "fflate";
import { findHistory } from "../../data/files/find_history.ts";
import { readKlines } from "../../data/files/klines.ts";
import { RowErrorLog } from "../../data/files/row_errors.ts";
import type { Kline } from "../../data/schema/kline.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { makeBars } from "./bars.ts";

/** Twelve months, half of them in microseconds, to which Binance changed on 1 January 2025. */
const MONTHS = 12;
const FIRST = Date.UTC(2024, 6);
const MICROSECONDS_FROM = Date.UTC(2025, 0);

type Ohlcv = Pick<Kline, "open" | "high" | "low" | "close" | "volume">;

/** Real minutes, or a fixed random walk when there are none. */
async function* findBars(count: number): AsyncGenerator<Ohlcv> {
  const found = findHistory(fileURLToPath(new URL("../..", import.meta.url)));
  if (found === undefined) return yield* makeBars(count);
  for (const path of found.bars) {
    for await (const { rows } of readKlines(path, new RowErrorLog())) yield* rows;
  }
}

/** A line of Binance's twelve columns with eight decimals; only OHLCV are real. */
function formatLine(time: number, { open, high, low, close, volume }: Ohlcv): string {
  const micro = time >= MICROSECONDS_FROM;
  const quote = volume * (high + low + close) / 3;
  return [
    `${time}${micro ? "000" : ""}`,
    ...[open, high, low, close, volume].map((value) => value.toFixed(8)),
    `${time + MINUTE_MS - 1}${micro ? "999" : ""}`,
    quote.toFixed(8),
    Math.ceil(volume * 50),
    (volume / 2).toFixed(8),
    (quote / 2).toFixed(8),
    0,
  ].join(",");
}

/**
 * Writes twelve monthly kline files in Binance's format, 525,600 rows in total: the available
 * minutes one after another, at the times of a contiguous year.
 *
 * @returns Their paths.
 */
export async function writeMonths(folder: string): Promise<readonly string[]> {
  const months = Array.from({ length: MONTHS + 1 }, (_, i) => Date.UTC(2024, 6 + i));
  const end = months[MONTHS] ?? NaN;
  const bars = findBars((end - FIRST) / MINUTE_MS);
  const paths: string[] = [];
  for (const [i, from] of months.slice(0, MONTHS).entries()) {
    const lines: string[] = [];
    for (let time = from; time < (months[i + 1] ?? NaN); time += MINUTE_MS) {
      const bar = await bars.next();
      if (bar.done) {
        throw new RangeError(
          "Cannot write the files as there must be a year of minutes: found fewer",
        );
      }
      lines.push(formatLine(time, bar.value));
    }
    const name = `BTCUSDT-1m-${new Date(from).toISOString().slice(0, 7)}`;
    const path = join(folder, `${name}.zip`);
    writeFileSync(path, zipSync({ [`${name}.csv`]: strToU8(`${lines.join("\n")}\n`) }));
    paths.push(path);
  }
  return paths;
}
