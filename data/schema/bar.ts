import type { Microstructure } from "../../service/ingest/bars/microstructure/microstructure.ts";

/** Length of a bar in milliseconds: that of the exchange's klines. */
export { MINUTE_MS } from "../files/klines.ts";

/**
 * How a bar came to be.
 *
 * - `trades`: built from an unbroken run of trades
 * - `repaired`: holes were filled from REST trades
 * - `kline`: taken from the exchange's own kline
 * - `empty`: no trade in that minute
 * - `incomplete`: trades are known to be missing and the exchange could not
 *   give its kline in time
 */
export type BarQuality = "trades" | "repaired" | "kline" | "empty" | "incomplete";

/** Where a bar's market data came from. */
export type BarSource = "binance" | "simulator" | "replay";

/** A one-minute bar; the public record of topic `market_raw_bars` and of the SSE event `bar`. */
export interface Bar {
  readonly symbol: string;
  /** Open time, ms UTC, a multiple of 60,000. */
  readonly timestamp: number;
  /** Last millisecond of the minute: `timestamp + 59_999`. */
  readonly close_time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base currency traded. */
  readonly volume: number;
  /** Quote currency traded: the sum of price x quantity. Absent where the input did not tell. */
  readonly quote_volume?: number;
  /** Number of raw trades, as the exchange's klines count them. */
  readonly num_trades?: number;
  /** Base volume in which the buyer was the aggressor. */
  readonly taker_buy_volume?: number;
  /** Base volume in which the seller was the aggressor. */
  readonly taker_sell_volume?: number;
  /** Quote currency traded with the buyer as the aggressor. */
  readonly taker_buy_quote_volume?: number;
  /** Id of the first raw trade; absent when the bar came from a kline or has no trades. */
  readonly first_trade_id?: number;
  /** Id of the last raw trade; absent when the bar came from a kline or has no trades. */
  readonly last_trade_id?: number;
  /** What single trades tell; there when all of them are known, absent from klines. */
  readonly microstructure?: Microstructure;
  readonly quality: BarQuality;
  readonly source: BarSource;
}
