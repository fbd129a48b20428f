import type { ExchangeTrade } from "../../../service/simulator/source.ts";

/** Parses a decimal text into units of 10^-8. */
function units(text: string): bigint {
  const [whole = "", decimals = ""] = text.split(".");
  return BigInt(whole + decimals.padEnd(8, "0"));
}

function print(value: bigint): string {
  const digits = String(value).padStart(9, "0");
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/** The twelve columns of a minute's kline, summed up in big integers from at least one trade. */
export function exactRow(minute: number, trades: readonly ExchangeTrade[]): (number | string)[] {
  const prices = trades.map((trade) => units(trade.price));
  const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const quantity = (some: readonly ExchangeTrade[]) =>
    print(sum(some.map((trade) => units(trade.quantity))));
  const quote = (some: readonly ExchangeTrade[]) =>
    print(sum(some.map((trade) => units(trade.price) * units(trade.quantity))) / 100_000_000n);
  const bought = trades.filter((trade) => !trade.buyerIsMaker);
  return [
    minute,
    print(prices.at(0) ?? 0n),
    print(prices.reduce((a, b) => a > b ? a : b)),
    print(prices.reduce((a, b) => a < b ? a : b)),
    print(prices.at(-1) ?? 0n),
    quantity(trades),
    minute + 59_999,
    quote(trades),
    trades.reduce((count, trade) => count + trade.lastTradeId - trade.firstTradeId + 1, 0),
    quantity(bought),
    quote(bought),
    "0",
  ];
}
