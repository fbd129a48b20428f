/**
 * Solves A x = b by Cholesky's factorization.
 *
 * @param matrix Symmetric A, row after row; only the lower triangle is read, and replaced by its factor.
 * @param right b.
 * @throws RangeError when A is not positive definite.
 */
export function solvePositiveDefinite(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const at = (i: number, j: number) => matrix[i * size + j] ?? NaN;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      if (i === j && !(sum > 0)) {
        throw new RangeError(
          `Cannot solve the equations as their matrix must be positive definite: pivot ${i} is ${sum}`,
        );
      }
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    let sum = x[i] ?? NaN;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (x[k] ?? NaN);
    x[i] = sum / at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i] ?? NaN;
    for (let k = i + 1; k < size; k++) sum -= at(k, i) * (x[k] ?? NaN);
    x[i] = sum / at(i, i);
  }
  return x;
}
