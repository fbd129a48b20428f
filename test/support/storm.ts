import { z } from "zod";
import { type Bar, barSchema } from "../../data/schema/bar.ts";
import type { ExchangeTrade, MarketSource } from "../../service/simulator/source.ts";
import { exactRow } from "../service/simulator/exact_fold.ts";
import type { ServiceProcess } from "./service_process.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

const bars = z.array(barSchema);

/** The columns of a bar that the exchange's klines have too, and the ids of its raw trades. */
export interface ExactBar {
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly quote_volume: number | undefined;
  readonly num_trades: number | undefined;
  readonly taker_buy_volume: number | undefined;
  readonly taker_buy_quote_volume: number | undefined;
  readonly first_trade_id: number | undefined;
  readonly last_trade_id: number | undefined;
}

/** What of a bar a storm must not change: everything but how it came to be. */
export function exact(bar: Bar): ExactBar {
  return {
    timestamp: bar.timestamp,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    volume: bar.volume,
    quote_volume: bar.quote_volume,
    num_trades: bar.num_trades,
    taker_buy_volume: bar.taker_buy_volume,
    taker_buy_quote_volume: bar.taker_buy_quote_volume,
    first_trade_id: bar.first_trade_id,
    last_trade_id: bar.last_trade_id,
  };
}

function barOf(minute: number, trades: readonly ExchangeTrade[]): ExactBar {
  const row = exactRow(minute, trades).map(Number);
  const column = (index: number) => row[index] ?? NaN;
  return {
    timestamp: minute,
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    quote_volume: column(7),
    num_trades: column(8),
    taker_buy_volume: column(9),
    taker_buy_quote_volume: column(10),
    first_trade_id: trades.at(0)?.firstTradeId,
    last_trade_id: trades.at(-1)?.lastTradeId,
  };
}

/** The bars of a market's trades, computed straight in big integers, without any of the service. */
export function computeBars(
  source: MarketSource,
  symbol: string,
  from: number,
  to: number,
): ExactBar[] {
  const market = source.market(symbol);
  if (market === undefined) throw new RangeError(`no market ${symbol}`);
  const result: ExactBar[] = [];
  const first = from - (from % MINUTE_MS);
  for (let minute = first; minute < to; minute += MINUTE_MS) {
    const trades = market.trades(market.seek(minute), market.seek(minute + MINUTE_MS));
    const close = result.at(-1)?.close;
    if (trades.length > 0) result.push(barOf(minute, trades));
    else if (close !== undefined) result.push(emptyMinute(minute, close));
  }
  return result;
}

function emptyMinute(timestamp: number, close: number): ExactBar {
  return {
    ...{ timestamp, open: close, high: close, low: close, close },
    ...{ volume: 0, quote_volume: 0, num_trades: 0 },
    ...{ taker_buy_volume: 0, taker_buy_quote_volume: 0 },
    ...{ first_trade_id: undefined, last_trade_id: undefined },
  };
}

/** All bars that a service has published of a symbol in a range of open times. */
export async function publishedBars(
  service: ServiceProcess,
  symbol: string,
  from: number,
  to: number,
): Promise<Bar[]> {
  const query = `symbol=${symbol}&from=${from}&to=${to}&limit=10000`;
  return bars.parse(await service.get(`/api/v1/bars?${query}`));
}
