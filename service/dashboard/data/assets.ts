/** Quote assets of the exchange's spot markets, longest first where one ends in another. */
const QUOTES = ["FDUSD", "USDT", "USDC", "TUSD", "BUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD"];

/** The currency that a market's prices are in: `USDT` of `BTCUSDT`; empty when unknown. */
export function quoteAsset(symbol: string): string {
  return QUOTES.find((quote) => symbol.length > quote.length && symbol.endsWith(quote)) ?? "";
}

/** The currency that a market trades: `BTC` of `BTCUSDT`; empty when unknown. */
export function baseAsset(symbol: string): string {
  const quote = quoteAsset(symbol);
  return quote === "" ? "" : symbol.slice(0, -quote.length);
}
