import { MINUTE_MS } from "../../../data/schema/time.ts";
import { BLOCK_MINUTES, LatentHistory } from "./latent_history.ts";
import { simulatedInstrument } from "./instruments.ts";
import { EPOCH_MINUTE } from "./seasons.ts";
import { tradeCount } from "./trades.ts";

/** The latent quantities of one simulated minute. */
export interface TrueMinute {
  /** Open time, ms UTC. */
  readonly time: number;
  /** Index into `REGIMES`. */
  readonly regime: number;
  /**
   * Volatility scale of the minute, log return: depends on the past and the time of the week, not on
   * the regime.
   */
  readonly volatilityScale: number;
  /** Scale of the number of aggregate trades, likewise. */
  readonly activityScale: number;
  /** Log of the price at the start of the minute over the instrument's base price. */
  readonly logPrice: number;
  /** Log return over the minute, not rounded to ticks; 0 without a trade. */
  readonly logReturn: number;
  /** Aggregate trades. */
  readonly trades: number;
}

/**
 * The truth behind a simulated market, for evaluation only. With the parameters of `REGIMES`,
 * `transitionMatrix()` and `expectedDrift()` of the minute of the week, and `DYNAMICS` it is all
 * that the best filter of returns and trade counts needs: in regime k, with e and f standard normal,
 *
 *     log return | e   ~ Normal((drift_k - d) V - r logPrice, V volatility_k exp(a e))
 *     trades | e, f    ~ Poisson(A activity_k exp(b a e + c f))
 *
 * where V and A are the two scales, d the expected drift, a `volatilityShock`, b `sharedShock` and c `activityShock`.
 *
 * @param from First open time, ms UTC, inclusive; not before 2025-01-01.
 * @param to End, ms UTC, exclusive.
 * @throws RangeError when `from` is before 2025-01-01.
 */
export function* trueMinutes(
  { seed, symbol, from, to }: { seed: number; symbol: string; from: number; to: number },
): Generator<TrueMinute> {
  const first = Math.ceil(from / MINUTE_MS) - EPOCH_MINUTE;
  if (first < 0) {
    throw new RangeError(
      `from must not be before ${EPOCH_MINUTE * MINUTE_MS}: current value is ${from}`,
    );
  }
  const instrument = simulatedInstrument(symbol);
  const basePrice = instrument.basePrice * 10 ** instrument.priceDecimals;
  const latent = new LatentHistory(instrument, seed);
  const end = Math.ceil(to / MINUTE_MS) - EPOCH_MINUTE;
  for (let index = Math.floor(first / BLOCK_MINUTES); index * BLOCK_MINUTES < end; index++) {
    const block = latent.block(index);
    const start = index * BLOCK_MINUTES;
    for (let i = Math.max(0, first - start); i < Math.min(BLOCK_MINUTES, end - start); i++) {
      yield {
        time: (block.minute + i) * MINUTE_MS,
        regime: block.regime[i] ?? NaN,
        volatilityScale: block.volatilityScale[i] ?? NaN,
        activityScale: block.activityScale[i] ?? NaN,
        logPrice: Math.log((block.price[i] ?? NaN) / basePrice),
        logReturn: Math.log((block.price[i + 1] ?? NaN) / (block.price[i] ?? NaN)),
        trades: tradeCount(block, i),
      };
    }
  }
}
