import { expRows, logRows } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";

/** Natural logarithms, with the same bits on every host. */
export function logs(values: Float64Array): Float64Array {
  return logRows(loadCore(), values);
}

/** Exponentials, with the same bits on every host. */
export function exps(values: Float64Array): Float64Array {
  return expRows(loadCore(), values);
}

/** The natural logarithm of one number, with the same bits on every host. */
export function log(value: number): number {
  return logs(Float64Array.of(value))[0] ?? NaN;
}

/** The exponential of one number, with the same bits on every host. */
export function exp(value: number): number {
  return exps(Float64Array.of(value))[0] ?? NaN;
}

/** 1 - 2^(-1/H): the weight of a new value in an average with a half-life of H values. */
export function decay(halfLife: number): number {
  return 1 - exp(-Math.LN2 / halfLife);
}
