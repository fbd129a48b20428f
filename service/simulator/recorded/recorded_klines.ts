import { readKlines } from "../../../data/files/klines.ts";
import type { RowErrorLog } from "../../../data/files/row_errors.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { decimalsOf } from "../decimal.ts";

/** The recorded klines of one market. */
export interface RecordedKlines {
  /** By open time, ms UTC; in no order. */
  readonly klines: ReadonlyMap<number, Kline>;
  /** Open time of the earliest kline. */
  readonly from: number;
  /** Open time of the latest kline. */
  readonly to: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
}

/** Of two rows for a minute the one with more columns is kept, else the later one. */
function isBetter(kline: Kline, known: Kline | undefined): boolean {
  return known?.quote_volume === undefined || kline.quote_volume !== undefined;
}

/**
 * Reads the klines of one market into memory.
 *
 * @param paths Binance one-minute kline files of that market, at least one, in any order.
 * @param errors Receives the rows that were left out.
 * @throws SyntaxError naming a file that holds something else, or too many unusable rows.
 */
export async function readRecordedKlines(
  paths: readonly string[],
  errors: RowErrorLog,
): Promise<RecordedKlines> {
  const klines = new Map<number, Kline>();
  let from = Infinity;
  let to = -Infinity;
  let priceDecimals = 0;
  let quantityDecimals = 0;
  for (const path of paths) {
    for await (const { rows } of readKlines(path, errors)) {
      for (const kline of rows) {
        if (!isBetter(kline, klines.get(kline.open_time))) continue;
        klines.set(kline.open_time, kline);
        from = Math.min(from, kline.open_time);
        to = Math.max(to, kline.open_time);
        priceDecimals = decimalsOf(kline.close, priceDecimals);
        quantityDecimals = decimalsOf(kline.volume, quantityDecimals);
      }
    }
  }
  return { klines, from, to, priceDecimals, quantityDecimals };
}
