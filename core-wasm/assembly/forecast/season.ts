/**
 * The regression's columns of the calendar: 31 for each minute of the week, which begins on Monday
 * 00:00 UTC. They are (sin, cos) of 6 harmonics of the day, (sin, cos) of 3 harmonics of the day on
 * weekends, 1 on weekends, and (sin, cos) of 6 harmonics of the hour.
 *
 * They are computed here as the sine of one engine is not that of another.
 */
import { allocate } from "../memory";

export const WEEK_MINUTES: i32 = 10_080;
export const DAY_MINUTES: i32 = 1_440;
const HOUR_MINUTES: i32 = 60;

/** Columns of the calendar. */
export const SEASON_COLUMNS: i32 = 31;
/** (sin, cos) of the harmonics of the day, and of the hour. */
export const HARMONIC_COLUMNS: i32 = 12;
/** Columns of the day's harmonics that weekends have of their own. */
const WEEKEND_COLUMNS: i32 = 6;
/** The first minute of a Saturday. */
const WEEKEND: i32 = 5 * DAY_MINUTES;
/** 1970 began on a Thursday. */
const FIRST_MINUTE: i32 = 3 * DAY_MINUTES;

/** Harmonics of each minute of the day, and of the hour; 0 until they are needed. */
let dayHarmonics: usize = 0;
let hourHarmonics: usize = 0;

function makeHarmonics(period: i32): usize {
  const table = allocate(((period * HARMONIC_COLUMNS) as usize) << 3);
  if (table == 0) return 0;
  let at = table;
  for (let minute = 0; minute < period; minute++) {
    const angle = (minute as f64) / (period as f64) * 2.0 * NativeMath.PI;
    for (let k = 1; k <= HARMONIC_COLUMNS / 2; k++) {
      store<f64>(at, NativeMath.sin((k as f64) * angle));
      store<f64>(at + 8, NativeMath.cos((k as f64) * angle));
      at += 16;
    }
  }
  return table;
}

/**
 * Computes the harmonics, once in an instance.
 *
 * @returns false when memory ran out
 */
export function prepareHarmonics(): bool {
  if (dayHarmonics == 0) dayHarmonics = makeHarmonics(DAY_MINUTES);
  if (hourHarmonics == 0) hourHarmonics = makeHarmonics(HOUR_MINUTES);
  return dayHarmonics != 0 && hourHarmonics != 0;
}

/** Minute of the week of a minute since 1970. */
export function minuteOfWeek(minute: i64): i32 {
  return ((minute + (FIRST_MINUTE as i64)) % (WEEK_MINUTES as i64)) as i32;
}

/** Address of the 12 harmonics of a minute of the day. */
export function dayHarmonicsOf(minuteOfDay: i32): usize {
  return dayHarmonics + ((minuteOfDay * HARMONIC_COLUMNS) << 3);
}

/** Writes the 31 columns of a minute of the week. */
function writeSeason(minute: i32, row: usize): void {
  const day = dayHarmonicsOf(minute % DAY_MINUTES);
  const weekend = minute >= WEEKEND ? 1.0 : 0.0;
  memory.copy(row, day, HARMONIC_COLUMNS << 3);
  row += HARMONIC_COLUMNS << 3;
  for (let i = 0; i < WEEKEND_COLUMNS; i++) {
    store<f64>(row + (i << 3), weekend * load<f64>(day + (i << 3)));
  }
  row += WEEKEND_COLUMNS << 3;
  store<f64>(row, weekend);
  const hour = hourHarmonics + (((minute % HOUR_MINUTES) * HARMONIC_COLUMNS) << 3);
  memory.copy(row + 8, hour, HARMONIC_COLUMNS << 3);
}

/**
 * Writes the columns of all 10,080 minutes of the week, row after row.
 *
 * @returns false when memory ran out
 */
export function seasonRows(rows: usize): bool {
  if (!prepareHarmonics()) return false;
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    writeSeason(minute, rows + ((minute * SEASON_COLUMNS) << 3));
  }
  return true;
}

/** Writes the sum of columns times coefficients for each minute of the week, f64. */
export function tabulateSeason(coefficients: usize, row: usize, table: usize): void {
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    writeSeason(minute, row);
    let sum = 0.0;
    for (let i = 0; i < SEASON_COLUMNS; i++) {
      sum += load<f64>(coefficients + (i << 3)) * load<f64>(row + (i << 3));
    }
    store<f64>(table + (minute << 3), sum);
  }
}
