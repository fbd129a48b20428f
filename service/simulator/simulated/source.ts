import type { MarketSource } from "../source.ts";
import { simulatedInstrument } from "./instruments.ts";
import { SimulatedMarket } from "./market.ts";

/** Parameters of a simulated market. */
export interface SimulationOptions {
  /** Same seed, same market: a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** The symbols, each once. */
  readonly symbols: readonly string[];
  /** Factor on the number of trades; 1 when absent. */
  readonly activity?: number;
}

/**
 * A simulated market: its trades are a function of seed, symbol and exchange time.
 *
 * @throws RangeError for a seed or a symbol out of range.
 */
export function simulatedMarket(
  { seed, symbols, activity = 1 }: SimulationOptions,
): MarketSource {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(
      `seed must be a whole number from 0 to 4294967295: current value is ${seed}`,
    );
  }
  const markets = new Map<string, SimulatedMarket>();
  for (const symbol of symbols) {
    const usual = simulatedInstrument(symbol);
    const instrument = { ...usual, tradesPerMinute: activity * usual.tradesPerMinute };
    markets.set(symbol, new SimulatedMarket(instrument, seed));
  }
  return {
    instruments: [...markets.values()].map((market) => market.instrument),
    market: (symbol) => markets.get(symbol),
  };
}
