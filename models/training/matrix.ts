/** Whether a matrix equals its transpose within rounding. */
export function isSymmetric(matrix: readonly (readonly number[])[]): boolean {
  return matrix.every((row, i) =>
    row.every((value, j) => {
      const mirrored = matrix[j]?.[i] ?? NaN;
      return Math.abs(value - mirrored) <= 1e-9 * Math.max(Math.abs(value), Math.abs(mirrored));
    })
  );
}

/** Whether a symmetric matrix has a Cholesky factor. */
export function isPositiveDefinite(matrix: readonly (readonly number[])[]): boolean {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const line: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? line : factor[j] ?? [];
      let sum = row[j] ?? NaN;
      for (let k = 0; k < j; k++) sum -= (line[k] ?? NaN) * (other[k] ?? NaN);
      if (j === i && !(sum > 0)) return false;
      line.push(j === i ? Math.sqrt(sum) : sum / (other[j] ?? NaN));
    }
    factor.push(line);
  }
  return true;
}
