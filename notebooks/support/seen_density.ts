import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import { DYNAMICS, REGIMES, type TrueMinute } from "../../service/commands/notebooks.ts";

const STRIDE = FEATURE_INPUTS.length;
const [OPEN = NaN, HIGH = NaN, LOW = NaN, VOLUME = NaN] =
  (["open", "high", "low", "volume"] as const).map((name) => FEATURE_INPUTS.indexOf(name));

/** What is seen of a minute. */
export interface SeenMinute {
  /** Log of high less low over open; -Infinity when they are equal. */
  readonly logRange: number;
  /** Log of the volume; -Infinity without a trade. */
  readonly logVolume: number;
}

/** What a minute's bar shows. */
export function seeMinute({ bars }: BarSequence, index: number): SeenMinute {
  const at = (column: number) => bars[index * STRIDE + column] ?? NaN;
  return {
    logRange: Math.log((at(HIGH) - at(LOW)) / at(OPEN)),
    logVolume: Math.log(at(VOLUME)),
  };
}

/** The logs of a minute's volatility and of the number of trades that its state leads to expect. */
interface MinuteState {
  readonly logVolatility: number;
  readonly logExpected: number;
}

function stateOf(minute: TrueMinute): MinuteState {
  const { volatility = NaN, activity = NaN } = REGIMES[minute.regime] ?? {};
  const gust = Math.log(minute.volatility / minute.volatilityScale / volatility);
  const logExpected = Math.log(minute.activityScale * activity) +
    DYNAMICS.activityByVolatility * gust;
  return { logVolatility: Math.log(minute.volatility), logExpected };
}

/** A least-squares line. */
interface Line {
  readonly offset: number;
  readonly slope: number;
}

function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  let [x, y, square, product] = [0, 0, 0, 0];
  for (const [a, b] of points) {
    x += a / points.length;
    y += b / points.length;
    square += a * a / points.length;
    product += a * b / points.length;
  }
  const slope = (product - x * y) / (square - x * x);
  return { offset: y - slope * x, slope };
}

/**
 * Log density of a minute's range and volume given its state. The log of the range over the
 * volatility is nearly normal (Alizadeh, Brandt and Diebold 2002), and so is that of the volume; the
 * means of both follow the number of trades expected. Lines and covariance are fitted to a market of
 * the same parameters.
 */
export class SeenDensity {
  readonly #range: Line;
  readonly #volume: Line;
  /** Inverse of the covariance: of the range, of both, of the volume. */
  readonly #precision: readonly [number, number, number];
  readonly #volumeVariance: number;

  constructor(bars: BarSequence, minutes: readonly TrueMinute[]) {
    const moved = minutes.flatMap((minute, t) => {
      const seen = seeMinute(bars, t);
      return seen.logRange > -Infinity ? [{ seen, state: stateOf(minute) }] : [];
    });
    this.#range = fitLine(moved.map(({ seen, state }) => [
      state.logExpected,
      seen.logRange - state.logVolatility,
    ]));
    this.#volume = fitLine(moved.map(({ seen, state }) => [state.logExpected, seen.logVolume]));
    let [range, both, volume] = [0, 0, 0];
    for (const { seen, state } of moved) {
      const x = this.#rangeError(seen, state.logVolatility, state.logExpected);
      const y = this.#volumeError(seen, state.logExpected);
      range += x * x / moved.length;
      both += x * y / moved.length;
      volume += y * y / moved.length;
    }
    const determinant = range * volume - both * both;
    this.#precision = [volume / determinant, -both / determinant, range / determinant];
    this.#volumeVariance = volume;
  }

  /**
   * The log density given the logs of the volatility and of the number of trades expected, up to a
   * constant of the minute. Of a minute without trades that alone is known.
   */
  at(seen: SeenMinute, logVolatility: number, logExpected: number): number {
    if (seen.logVolume === -Infinity) return -Math.exp(logExpected);
    const y = this.#volumeError(seen, logExpected);
    if (seen.logRange === -Infinity) return -y * y / (2 * this.#volumeVariance);
    const x = this.#rangeError(seen, logVolatility, logExpected);
    const [range, both, volume] = this.#precision;
    return -(range * x * x + 2 * both * x * y + volume * y * y) / 2;
  }

  #rangeError({ logRange }: SeenMinute, logVolatility: number, logExpected: number): number {
    return logRange - logVolatility - this.#range.offset - this.#range.slope * logExpected;
  }

  #volumeError({ logVolume }: SeenMinute, logExpected: number): number {
    return logVolume - this.#volume.offset - this.#volume.slope * logExpected;
  }
}
