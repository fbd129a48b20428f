/** A benchmark's result over repeats. */
export interface Figure {
  readonly name: string;
  /** Unit, such as `us per bar`. */
  readonly unit: string;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly repeats: number;
}

/** Monotonic clock, ms; a cold call of `process.hrtime` would take microseconds. */
export function now(): number {
  return performance.now();
}

/** Summarizes repeats. A percentile is the repeat at its rank, rounded down. */
export function summarize(name: string, unit: string, repeats: readonly number[]): Figure {
  const sorted = [...repeats].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return {
    name,
    unit,
    min: at(0),
    p10: at(0.1),
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    repeats: sorted.length,
  };
}

const UNITS = { ns: 1e6, us: 1e3, ms: 1, s: 1e-3 } as const;

/** Number of runs and unit of a benchmark. */
export interface MeasureOptions {
  readonly unit: keyof typeof UNITS;
  /** The divisor of the unit, such as `bar`. */
  readonly per: string;
  /** Number of divisors in one repeat. */
  readonly count: number;
  readonly repeats?: number;
  readonly warmUps?: number;
}

/** Measures repeats of a function after some warm-up runs. */
export function measure(name: string, options: MeasureOptions, run: () => void): Figure {
  const { unit, per, count, repeats = 30, warmUps = 5 } = options;
  const times: number[] = [];
  for (let i = 0; i < warmUps + repeats; i++) {
    const start = now();
    run();
    if (i >= warmUps) times.push((now() - start) * UNITS[unit] / count);
  }
  return summarize(name, `${unit} per ${per}`, times);
}
