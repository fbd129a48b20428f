import { type CoreForecast, Scorer } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { volatilityModel } from "./forecast_support.ts";

/** A scorer of one volatility model with a symbol. */
export function openForecast(forecast: CoreForecast, symbol?: string): Scorer {
  const scorer = Scorer.create(loadCore(), [volatilityModel(forecast)], 1);
  scorer.addSymbol(symbol);
  return scorer;
}
