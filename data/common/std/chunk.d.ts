/**
 * Splits values into arrays of `size` values, the last of which may have fewer.
 *
 * @throws RangeError unless `size` is a whole number above 0.
 */
export function chunk<T>(values: Iterable<T>, size: number): T[][];
