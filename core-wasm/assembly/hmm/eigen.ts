/** Eigenvalues of a symmetric matrix, to keep a covariance away from singularity. */
import { MAX_DIMS } from "../forest/forest";
import { allocate } from "../memory";

const MAX_SWEEPS: i32 = 60;

const work: usize = allocate((MAX_DIMS * MAX_DIMS) << 3);
const vectors: usize = allocate((MAX_DIMS * MAX_DIMS) << 3);

/** Address of an element of a square matrix. */
function cell(matrix: usize, n: i32, i: i32, j: i32): usize {
  return matrix + ((i * n + j) << 3);
}

/** Diagonalizes `work` and collects the rotations in `vectors` (cyclic Jacobi). */
function diagonalize(n: i32): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) store<f64>(cell(vectors, n, i, j), i == j ? 1.0 : 0.0);
  }
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = load<f64>(cell(work, n, p, q));
        const app = load<f64>(cell(work, n, p, p));
        const aqq = load<f64>(cell(work, n, q, q));
        if (abs(apq) <= 1e-18 * sqrt(abs(app * aqq))) continue;
        rotated = true;
        const theta = (aqq - app) / (2.0 * apq);
        const sign: f64 = theta < 0.0 ? -1.0 : 1.0;
        const t = sign / (abs(theta) + sqrt(theta * theta + 1.0));
        const c = 1.0 / sqrt(t * t + 1.0);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = load<f64>(cell(work, n, k, p));
          const akq = load<f64>(cell(work, n, k, q));
          store<f64>(cell(work, n, k, p), c * akp - s * akq);
          store<f64>(cell(work, n, k, q), s * akp + c * akq);
        }
        for (let k = 0; k < n; k++) {
          const apk = load<f64>(cell(work, n, p, k));
          const aqk = load<f64>(cell(work, n, q, k));
          store<f64>(cell(work, n, p, k), c * apk - s * aqk);
          store<f64>(cell(work, n, q, k), s * apk + c * aqk);
          const vkp = load<f64>(cell(vectors, n, k, p));
          const vkq = load<f64>(cell(vectors, n, k, q));
          store<f64>(cell(vectors, n, k, p), c * vkp - s * vkq);
          store<f64>(cell(vectors, n, k, q), s * vkp + c * vkq);
        }
      }
    }
    if (!rotated) return;
  }
}

/**
 * Raises the eigenvalues of a covariance to a floor. Of all covariances above the floor, the
 * result has the highest likelihood, so Baum-Welch stays monotone.
 *
 * @param covar symmetric matrix, f64, n x n, changed in place when an eigenvalue is too small
 */
export function floorEigenvalues(covar: usize, n: i32, floor: f64): void {
  memory.copy(work, covar, (n * n) << 3);
  diagonalize(n);
  let isLow = false;
  for (let i = 0; i < n; i++) isLow = isLow || load<f64>(cell(work, n, i, i)) < floor;
  if (!isLow) return;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0.0;
      for (let k = 0; k < n; k++) {
        sum += max(load<f64>(cell(work, n, k, k)), floor) *
          load<f64>(cell(vectors, n, i, k)) * load<f64>(cell(vectors, n, j, k));
      }
      store<f64>(cell(covar, n, i, j), sum);
      store<f64>(cell(covar, n, j, i), sum);
    }
  }
}
