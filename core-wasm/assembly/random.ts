/**
 * xoshiro256++ 1.0 (Blackman & Vigna, https://prng.di.unimi.it/xoshiro256plusplus.c), seeded by
 * splitmix64: the same seed gives the same numbers on every host.
 */
let s0: u64 = 1;
let s1: u64 = 2;
let s2: u64 = 3;
let s3: u64 = 4;

let mixer: u64 = 0;

function splitmix(): u64 {
  mixer += 0x9e3779b97f4a7c15;
  let z = mixer;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/**
 * Seeds the generator.
 *
 * @param seed a non-negative safe integer
 * @param stream number of an independent stream of that seed
 */
export function seedRandom(seed: f64, stream: i32): void {
  mixer = (seed as u64) ^ ((stream as u64) << 53);
  s0 = splitmix();
  s1 = splitmix();
  s2 = splitmix();
  s3 = splitmix();
}

/** Next 64 random bits. */
export function nextBits(): u64 {
  const result = rotl<u64>(s0 + s3, 23) + s0;
  const t = s1 << 17;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = rotl<u64>(s3, 45);
  return result;
}

/** A uniform number in [0, 1), a multiple of 2^-53. */
export function uniform(): f64 {
  return ((nextBits() >> 11) as f64) * 1.1102230246251565e-16;
}

/** A uniform integer in [0, n), without bias (Lemire 2019, arXiv:1805.10941). */
export function below(n: u32): u32 {
  let product = (nextBits() >> 32) * (n as u64);
  if ((product as u32) < n) {
    const threshold: u32 = (~n + 1) % n;
    while ((product as u32) < threshold) product = (nextBits() >> 32) * (n as u64);
  }
  return (product >> 32) as u32;
}
