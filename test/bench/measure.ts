/** What was measured of one thing, over repeats. */
export interface Figure {
  readonly name: string;
  /** What is measured and in which unit, as in `us per bar`. */
  readonly unit: string;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly repeats: number;
}

/** Time since some moment, ms; `process.hrtime` takes microseconds when it comes cold. */
export function now(): number {
  return performance.now();
}

/** Summarizes repeats; a percentile is the repeat below which that share of them lies. */
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

/** How often and in what unit a thing is measured. */
export interface MeasureOptions {
  readonly unit: keyof typeof UNITS;
  /** What the unit is divided by, as in `bar`. */
  readonly per: string;
  /** Number of them in one repeat. */
  readonly count: number;
  readonly repeats?: number;
  readonly warmUps?: number;
}

/** Runs something over and over, after some runs that warm it up. */
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
