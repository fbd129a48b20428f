import type { Trade } from "../../../data/schema/trade.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarQuality, BarSource } from "../../../data/schema/origin.ts";
import { closeTimeOf } from "../../../data/schema/time.ts";
import { amountOf, DecimalSum, roundProduct } from "./decimal_sum.ts";
import { MicrostructureFold } from "./microstructure/microstructure.ts";

/** Folds the trades of one symbol's minute into a bar. */
export class BarBuilder {
  readonly symbol: string;
  readonly source: BarSource;
  /** Open time of the minute, ms UTC. */
  readonly timestamp: number;
  /** Trades folded so far. */
  trades = 0;
  readonly #bought = new DecimalSum();
  readonly #sold = new DecimalSum();
  readonly #microstructure = new MicrostructureFold();
  #open = NaN;
  #high = -Infinity;
  #low = Infinity;
  #close = NaN;
  #numTrades = 0;
  #firstTradeId = 0;
  #lastTradeId = 0;

  constructor(symbol: string, source: BarSource, timestamp: number) {
    this.symbol = symbol;
    this.source = source;
    this.timestamp = timestamp;
  }

  /** Folds a trade, which must belong to this minute; trades come in the order of their ids. */
  add(trade: Trade): void {
    const { price, quantity } = trade;
    if (this.trades++ === 0) {
      this.#open = price;
      this.#firstTradeId = trade.firstTradeId;
    }
    if (price > this.#high) this.#high = price;
    if (price < this.#low) this.#low = price;
    this.#close = price;
    this.#numTrades += trade.lastTradeId - trade.firstTradeId + 1;
    this.#lastTradeId = trade.lastTradeId;
    (trade.buyerIsMaker ? this.#sold : this.#bought).add(price, quantity);
    this.#microstructure.add(price, trade.buyerIsMaker ? -quantity : quantity, trade.time);
  }

  /**
   * The bar of the trades folded so far.
   *
   * @param quality What is known of its completeness.
   * @throws RangeError without a trade: {@linkcode emptyBar} makes the bar of such a minute.
   */
  build(quality: BarQuality): Bar {
    if (this.trades === 0) {
      throw new RangeError(
        "Cannot build a bar as it must have at least one trade: current value is 0",
      );
    }
    const takerBuy = this.#bought.quantity;
    const takerSell = this.#sold.quantity;
    const takerBuyQuote = this.#bought.product;
    const bar: Bar = {
      symbol: this.symbol,
      timestamp: this.timestamp,
      close_time: closeTimeOf(this.timestamp),
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: amountOf(takerBuy + takerSell),
      quote_volume: amountOf(roundProduct(takerBuyQuote + this.#sold.product)),
      num_trades: this.#numTrades,
      taker_buy_volume: amountOf(takerBuy),
      taker_sell_volume: amountOf(takerSell),
      taker_buy_quote_volume: amountOf(roundProduct(takerBuyQuote)),
      first_trade_id: this.#firstTradeId,
      last_trade_id: this.#lastTradeId,
      quality,
      source: this.source,
    };
    if (quality !== "trades" && quality !== "repaired") return bar;
    return { ...bar, microstructure: this.#microstructure.measure(bar) };
  }
}

/** The bar of a minute without trades: the previous close and volume 0, like the exchange's kline. */
export function emptyBar(
  symbol: string,
  source: BarSource,
  timestamp: number,
  previousClose: number,
): Bar {
  return {
    symbol,
    timestamp,
    close_time: closeTimeOf(timestamp),
    open: previousClose,
    high: previousClose,
    low: previousClose,
    close: previousClose,
    volume: 0,
    quote_volume: 0,
    num_trades: 0,
    taker_buy_volume: 0,
    taker_sell_volume: 0,
    taker_buy_quote_volume: 0,
    quality: "empty",
    source,
  };
}
