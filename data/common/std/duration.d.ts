export interface FormatOptions {
  /** "1d 2h 3m", "1 day, 2 hours, 3 minutes" or "01:02:03"; narrow by default. */
  readonly style?: "narrow" | "full" | "digital";
  /** Leaves out units that are 0. */
  readonly ignoreZero?: boolean;
}

/** Formats a duration in ms, from days to nanoseconds. */
export function format(ms: number, options?: FormatOptions): string;
