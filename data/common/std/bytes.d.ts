export interface FormatOptions {
  /** Powers of 1024 (kiB) instead of 1000 (kB). */
  readonly binary?: boolean;
  readonly bits?: boolean;
  readonly signed?: boolean;
  readonly locale?: boolean | string | readonly string[];
  readonly minimumFractionDigits?: number;
  readonly maximumFractionDigits?: number;
}

/**
 * Formats a size, with three significant digits unless the options set fraction digits: 1234567
 * becomes "1.23 MB".
 *
 * @throws TypeError unless the number is finite.
 */
export function format(bytes: number, options?: FormatOptions): string;
