import { pick, type VolatilityHistory } from "../../training/volatility/history.ts";
import { dot, leastSquares } from "../../training/volatility/least_squares.ts";
import { logs } from "../../training/volatility/numbers.ts";

/** Minutes back over which momentum is measured. */
const WINDOWS = [5, 15, 60, 240, 1440] as const;
/** Minutes ahead whose sign is forecast. */
const AHEAD = 15;
const WIDTH = 1 + WINDOWS.length;
const BASIS_POINTS = 1e4;
/** Keeps a volatility of 0 from dividing, the log return of a minute. */
const MIN_VOLATILITY = 1e-5;

interface Momentum {
  readonly fill: (row: number, x: Float64Array) => void;
  /** Log return of the next 15 minutes, basis points; NaN unless there is a bar of each. */
  readonly ahead: Float64Array;
}

/** Returns over the windows in units of their volatility, and the next one. */
function measureMomentum(history: VolatilityHistory): Momentum {
  const { count, have, unbroken, markets, squares } = history;
  const close = new Float64Array(count);
  for (const { bars, first } of markets) close.set(bars.close, first);
  const price = logs(close);
  // The day's volatility by prefix sums.
  const sums = new Float64Array(count + 1);
  for (let t = 0; t < count; t++) sums[t + 1] = (sums[t] ?? NaN) + (squares[t] ?? NaN);
  const fill = (row: number, x: Float64Array) => {
    const seen = have[row] ?? 1;
    const day = Math.min(1440, seen);
    const mean = Math.max(((sums[row + 1] ?? NaN) - (sums[row + 1 - day] ?? NaN)) / day, 0);
    const volatility = Math.sqrt(mean) + MIN_VOLATILITY;
    x[0] = 1;
    for (const [i, window] of WINDOWS.entries()) {
      const back = Math.min(window, seen - 1);
      const moved = (price[row] ?? NaN) - (price[row - back] ?? NaN);
      x[1 + i] = moved / (volatility * Math.sqrt(window));
    }
  };
  const ahead = new Float64Array(count).fill(NaN);
  for (let t = 0; t + AHEAD < count; t++) {
    if ((unbroken[t + AHEAD] ?? 0) <= AHEAD) continue;
    ahead[t] = BASIS_POINTS * ((price[t + AHEAD] ?? NaN) - (price[t] ?? NaN));
  }
  return { fill, ahead };
}

/** Fits the sign of the next 15 minutes' return to momentum by least squares. */
export function fitSign(history: VolatilityHistory, rows: Int32Array): Float64Array {
  const { fill, ahead } = measureMomentum(history);
  return leastSquares({ rows, width: WIDTH, fill, target: ahead.map(Math.sign) });
}

/** How a forecast of the sign fared at each row. */
export interface SignScores {
  /** 1 where the sign was right, else 0; NaN where the price did not move. */
  readonly hits: Float64Array;
  /** The return times the forecast sign, basis points. */
  readonly gains: Float64Array;
}

/** Tests a fitted forecast of the sign. */
export function scoreSign(
  history: VolatilityHistory,
  rows: Int32Array,
  coefficients: Float64Array,
): SignScores {
  const { fill, ahead } = measureMomentum(history);
  const x = new Float64Array(WIDTH);
  const gains = pick(ahead, rows).map((moved, i) => {
    fill(rows[i] ?? 0, x);
    return moved * Math.sign(dot(coefficients, x));
  });
  return { gains, hits: gains.map((gain) => gain === 0 ? NaN : gain > 0 ? 1 : gain < 0 ? 0 : NaN) };
}
