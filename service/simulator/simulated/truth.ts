import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import { EPOCH_MINUTE } from "./epoch.ts";
import { simulatedInstrument } from "./instruments.ts";
import { LatentDays } from "./latent_days.ts";
import { tradeCount } from "./trades.ts";

/** The latent quantities of one simulated minute. */
export interface TrueMinute {
  /** Open time, ms UTC. */
  readonly time: number;
  /** Index into `REGIMES`. */
  readonly regime: number;
  /** Volatility scale of the minute, log return: what the time alone says. */
  readonly volatilityScale: number;
  /** Scale of the number of aggregate trades, likewise. */
  readonly activityScale: number;
  /** Volatility of the minute, log return. */
  readonly volatility: number;
  /** Log return over the minute, not rounded to ticks; 0 without a trade. */
  readonly logReturn: number;
  /** Aggregate trades. */
  readonly trades: number;
}

/**
 * The truth behind a simulated market, for evaluation only. In regime k, with the gusts g (see
 * `DYNAMICS`) and f standard normal,
 *
 *     volatility = V volatility_k exp(g)
 *     log return | volatility ~ Normal(0, volatility)
 *     trades | g, f           ~ Poisson(A activity_k exp(b g + c f))
 *
 * where V and A are the two scales, b `activityByVolatility` and c `activityShock`. The days' ends
 * bend this: over a day the returns add up to that day's move, and the trades to its number.
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
  const latent = new LatentDays(simulatedInstrument(symbol), seed);
  const end = Math.ceil(to / MINUTE_MS) - EPOCH_MINUTE;
  for (let index = Math.floor(first / DAY_MINUTES); index * DAY_MINUTES < end; index++) {
    const day = latent.day(index);
    const scales = latent.scales(index);
    const start = index * DAY_MINUTES;
    for (let i = Math.max(0, first - start); i < Math.min(DAY_MINUTES, end - start); i++) {
      yield {
        time: (day.minute + i) * MINUTE_MS,
        regime: day.regime[i] ?? NaN,
        volatilityScale: scales.volatility[i] ?? NaN,
        activityScale: scales.activity[i] ?? NaN,
        volatility: day.volatility[i] ?? NaN,
        logReturn: Math.log((day.price[i + 1] ?? NaN) / (day.price[i] ?? NaN)),
        trades: tradeCount(day, i),
      };
    }
  }
}
