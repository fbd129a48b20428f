import { AggTradeScanner } from "../../../../core-wasm/core.ts";
import { loadCore } from "../../../../core-wasm/load.ts";
import type { Trade } from "../../../../data/schema/trade.ts";
import { isTimely, wholeMilliseconds } from "./frame.ts";
import { symbolAt } from "./symbols.ts";

const scanner = new AggTradeScanner(loadCore());
const FIELDS = scanner.fields;

/**
 * Reads an `aggTrade` frame, raw or wrapped, in the exchange's own notation. It rejects nothing:
 * undefined leaves the decision to {@linkcode decodeJson}.
 */
export function scanAggTrade(bytes: Uint8Array): Trade | undefined {
  const fields = scanner.scan(bytes);
  if (fields === undefined) return undefined;
  const at = (place: number) => fields[place] ?? NaN;
  const price = at(FIELDS.price);
  const quantity = at(FIELDS.quantity);
  const firstTradeId = at(FIELDS.firstTradeId);
  const lastTradeId = at(FIELDS.lastTradeId);
  const time = wholeMilliseconds(at(FIELDS.time));
  const start = at(FIELDS.symbolStart);
  const end = at(FIELDS.symbolEnd);
  const valid = price > 0 && quantity > 0 && lastTradeId >= firstTradeId && end > start &&
    isTimely(time, wholeMilliseconds(at(FIELDS.eventTime)));
  if (!valid) return undefined;
  return {
    symbol: symbolAt(bytes, start, end, at(FIELDS.symbolHash)),
    id: at(FIELDS.id),
    price,
    quantity,
    firstTradeId,
    lastTradeId,
    time,
    buyerIsMaker: at(FIELDS.buyerIsMaker) === 1,
  };
}
