import { FIRST_SCORED, type Horizon, NEED, selectRows, type VolatilityHistory } from "./history.ts";

type Condition = (row: number) => boolean;

/** Rows after the first `bars` bars of their sequences whose outcome is known. */
function rowsAfter(
  bars: number,
  { have, outcomes, count }: VolatilityHistory,
  horizon: Horizon,
  isUsed: Condition,
): Int32Array {
  const { y } = outcomes[horizon];
  return selectRows(
    count,
    (row) => (have[row] ?? 0) > bars && !Number.isNaN(y[row] ?? NaN) && isUsed(row),
  );
}

/** Training rows: those of a model that is ready. */
export function trainingRows(
  history: VolatilityHistory,
  horizon: Horizon,
  isUsed: Condition,
): Int32Array {
  return rowsAfter(NEED, history, horizon, isUsed);
}

/** Rows whose forecast counts among the errors that a model follows. */
export function scoredRows(
  history: VolatilityHistory,
  horizon: Horizon,
  isUsed: Condition,
): Int32Array {
  return rowsAfter(FIRST_SCORED, history, horizon, isUsed);
}
