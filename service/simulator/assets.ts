/** Assets in which Binance quotes prices, longest first where one ends like another. */
const QUOTE_ASSETS = [
  "FDUSD",
  "USDT",
  "USDC",
  "TUSD",
  "BUSD",
  "DAI",
  "EUR",
  "GBP",
  "TRY",
  "BRL",
  "JPY",
  "USD",
  "BTC",
  "ETH",
  "BNB",
];

/** The two assets of a symbol; what does not end in a known quote asset is taken as quoted in USDT. */
export function splitSymbol(symbol: string): { baseAsset: string; quoteAsset: string } {
  const quoteAsset = QUOTE_ASSETS.find((asset) => symbol.endsWith(asset) && symbol !== asset);
  if (quoteAsset === undefined) return { baseAsset: symbol, quoteAsset: "USDT" };
  return { baseAsset: symbol.slice(0, -quoteAsset.length), quoteAsset };
}
