/** Dollar stablecoins, and the dollar, in which Binance quotes prices. */
export const DOLLAR_ASSETS: readonly string[] = ["FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD"];

/** Assets in which Binance quotes prices, before any other that they end in: FDUSD before USD. */
const QUOTE_ASSETS = [
  ...DOLLAR_ASSETS,
  ...["DAI", "EUR", "GBP", "TRY", "BRL", "JPY", "BTC", "ETH", "BNB"],
];

/** The two assets of a market. */
export interface Assets {
  /** The asset that is traded: BTC of BTCUSDT. */
  readonly baseAsset: string;
  /** The asset that prices are in: USDT of BTCUSDT. */
  readonly quoteAsset: string;
}

/** The two assets of a symbol; undefined when it does not end in a known quote asset. */
export function splitSymbol(symbol: string): Assets | undefined {
  const quoteAsset = QUOTE_ASSETS.find((asset) => symbol.endsWith(asset) && symbol !== asset);
  if (quoteAsset === undefined) return undefined;
  return { baseAsset: symbol.slice(0, -quoteAsset.length), quoteAsset };
}
