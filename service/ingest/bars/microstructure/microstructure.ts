import type { Bar, Microstructure } from "../../../../data/schema/bar.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { KyleLambda } from "./kyle_lambda.ts";
import { RealizedVariance } from "./realized_variance.ts";
import { RollSpread } from "./roll_spread.ts";

const MINUTE_S = MINUTE_MS / 1000;

function ratio(amount: number, of: number): number | null {
  return of > 0 ? amount / of : null;
}

/** Folds the trades of one minute, in order of their ids, into its microstructure. */
export class MicrostructureFold {
  readonly #variance = new RealizedVariance();
  readonly #spread = new RollSpread();
  readonly #impact = new KyleLambda();

  /**
   * Folds a trade.
   *
   * @param signedQuantity Base currency, negative when the aggressor sold.
   * @param time Exchange time, ms UTC.
   */
  add(price: number, signedQuantity: number, time: number): void {
    this.#variance.add(price);
    this.#spread.add(price);
    this.#impact.add(price, signedQuantity, time);
  }

  /**
   * The measures of the trades folded so far. VPIN depends on earlier bars and is null until
   * {@linkcode withVpin}.
   *
   * @param bar The bar of the same trades.
   */
  measure(bar: Bar): Microstructure {
    const { volume, quote_volume = 0, taker_buy_volume = 0, taker_sell_volume = 0 } = bar;
    const { num_trades = 0 } = bar;
    return {
      vwap: quote_volume > 0 ? ratio(quote_volume, volume) : null,
      volume_imbalance: ratio(taker_buy_volume - taker_sell_volume, volume),
      trade_intensity: num_trades / MINUTE_S,
      realized_variance: this.#variance.variance,
      bipower_variation: this.#variance.bipower,
      jump_share: this.#variance.jumpShare,
      roll_spread: this.#spread.value,
      kyle_lambda: this.#impact.value,
      amihud_illiquidity: ratio(Math.abs(Math.log(bar.close / bar.open)), quote_volume),
      vpin: null,
    };
  }
}

/** The bar with its VPIN; a bar without microstructure is returned unchanged. */
export function withVpin(bar: Bar, vpin: number | null): Bar {
  const { microstructure } = bar;
  return microstructure === undefined
    ? bar
    : { ...bar, microstructure: { ...microstructure, vpin } };
}
