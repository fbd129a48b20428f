/** exp of two numbers in one vector. */

const LOG2E: f64 = 1.4426950408889634;
/** ln 2 in two parts (fdlibm). */
const LN2_HI: f64 = 6.93147180369123816490e-01;
const LN2_LO: f64 = 1.90821492927058770002e-10;
/** 1.5 x 2^52: added to a number, it leaves the nearest integer in the low bits. */
const INTEGER: f64 = 6755399441055744.0;

/** a + b r. */
function line(a: f64, b: f64, r: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), r));
}

/** a + b r. */
function join(a: v128, b: v128, r: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, r));
}

/**
 * exp of two numbers in [-700, 700], within 1 ulp: x = k ln 2 + r, exp r = 1 + r + r^2 g(r) with g
 * the Chebyshev fit of degree 9 on |r| <= ln 2 / 2, summed by Estrin's scheme; times 2^k.
 */
export function expPair(x: v128): v128 {
  const bits = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(INTEGER));
  const k = f64x2.sub(bits, f64x2.splat(INTEGER));
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HI)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(LN2_LO)));
  const r2 = f64x2.mul(r, r);
  const low = join(
    line(0.5000000000000001, 0.16666666666666669, r),
    line(0.04166666666662413, 0.008333333333330062, r),
    r2,
  );
  const middle = join(
    line(0.0013888888917213717, 0.00019841269863053618, r),
    line(2.4801521295954376e-05, 2.7557268459997064e-06, r),
    r2,
  );
  const high = line(2.7620088445409746e-07, 2.510038549551032e-08, r);
  const r4 = f64x2.mul(r2, r2);
  const g = join(low, join(middle, high, r4), r4);
  const p = join(f64x2.add(f64x2.splat(1.0), r), g, r2);
  return i64x2.add(p, i64x2.shl(bits, 52));
}
