import { readKlines } from "../../data/files/klines.ts";
import { describeRowErrors, RowErrorLog } from "../../data/files/row_errors.ts";
import type { Kline } from "../../data/schema/kline.ts";
import { isVoid, readTradeRows, type TradeRow } from "../../data/files/trades.ts";

function expectWhole(errors: RowErrorLog): void {
  const lines = describeRowErrors(errors.counts(), 3);
  if (lines.length > 0) throw new Error(lines.join("\n"));
}

/** All klines of a file in which every row can be used. */
export async function loadKlines(path: string): Promise<readonly Kline[]> {
  const errors = new RowErrorLog();
  const klines = (await Array.fromAsync(readKlines(path, errors))).flatMap(({ rows }) => rows);
  expectWhole(errors);
  return klines;
}

/** All trades of a file in which every row can be used, in its order, without void rows. */
export async function loadTrades(path: string): Promise<readonly TradeRow[]> {
  const errors = new RowErrorLog();
  const trades = (await Array.fromAsync(readTradeRows(path, errors))).flatMap(({ rows }) => rows);
  expectWhole(errors);
  return trades.filter((row) => !isVoid(row));
}
