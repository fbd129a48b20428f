/** One aggregate trade, as the exchange's `aggTrade` reports it. */
export interface Trade {
  /** Market, upper case, e.g. `BTCUSDT`. */
  readonly symbol: string;
  /** Aggregate trade id; sequential per symbol, so a jump is a hole. */
  readonly id: number;
  /** Price in quote currency, finite and > 0. */
  readonly price: number;
  /** Quantity in base currency, finite and > 0. */
  readonly quantity: number;
  /** Id of the first raw trade in the aggregate. */
  readonly firstTradeId: number;
  /** Id of the last raw trade in the aggregate. */
  readonly lastTradeId: number;
  /** Trade time of the exchange, ms UTC. */
  readonly time: number;
  /** True when the buyer was the maker, i.e. the aggressor sold. */
  readonly buyerIsMaker: boolean;
}
