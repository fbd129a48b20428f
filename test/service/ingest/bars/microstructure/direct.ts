import type { Trade } from "../../../../../data/schema/trade.ts";

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? NaN));
}

/** Slope of y on x, or null. */
function slope(x: readonly number[], y: readonly number[]): number | null {
  const meanX = sum(x) / x.length;
  const meanY = sum(y) / y.length;
  const squares = sum(x.map((value) => (value - meanX) ** 2));
  const products = sum(x.map((value, i) => (value - meanX) * ((y[i] ?? NaN) - meanY)));
  return x.length >= 3 && squares > 0 ? products / squares : null;
}

/** Covariance of each value with the one before it. */
function serialCovariance(values: readonly number[]): number {
  const earlier = values.slice(0, -1);
  const later = values.slice(1);
  const meanEarlier = sum(earlier) / earlier.length;
  const meanLater = sum(later) / later.length;
  return sum(earlier.map((value, i) => (value - meanEarlier) * ((later[i] ?? NaN) - meanLater))) /
    earlier.length;
}

/** The measures of a minute's trades, by their definitions, from all trades at once. */
export function measureDirectly(trades: readonly Trade[]) {
  const prices = trades.map(({ price }) => price);
  const moved = prices.filter((price, i) => price !== prices[i - 1]);
  const returns = moved.slice(1).map((price, i) => Math.log(price / (moved[i] ?? NaN)));
  const variance = sum(returns.map((r) => r ** 2));
  const pairs = returns.slice(1).map((r, i) => Math.abs(r) * Math.abs(returns[i] ?? NaN));
  const bipower = returns.length < 2 ? null : Math.PI / 2 * sum(pairs);
  const seconds = Map.groupBy(trades, ({ time }) => Math.floor(time / 1000));
  const flows = [...seconds.values()].map((some) =>
    sum(some.map(({ quantity, buyerIsMaker }) => buyerIsMaker ? -quantity : quantity))
  );
  const last = [...seconds.values()].map((some) => some.at(-1)?.price ?? NaN);
  const changes = differences(prices);
  const volume = sum(trades.map(({ quantity }) => quantity));
  const quote = sum(trades.map(({ price, quantity }) => price * quantity));
  const [first = NaN, end = NaN] = [prices.at(0), prices.at(-1)];
  return {
    vwap: quote / volume,
    volume_imbalance: sum(flows) / volume,
    trade_intensity: sum(trades.map((t) => t.lastTradeId - t.firstTradeId + 1)) / 60,
    realized_variance: trades.length < 2 ? null : variance,
    bipower_variation: bipower,
    jump_share: bipower === null ? null : Math.max(0, 1 - bipower / variance),
    /** Its square: near nothing the root would blow up the rounding. */
    roll_covariance: changes.length < 3 ? null : serialCovariance(changes),
    kyle_lambda: slope(flows.slice(1), differences(last)),
    amihud_illiquidity: Math.abs(Math.log(end / first)) / quote,
  };
}
