import { TARGET_FLOOR } from "../../../core-wasm/core.ts";
import { fieldsOf } from "../../../data/schema/define.ts";
import {
  isReadyForecast,
  labelKey,
  type ModelOutput,
  type ReadyForecast,
  type Signal,
} from "../../../data/schema/signal.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import { VOLATILITY_LABELS } from "../../../models/artifact/labels.ts";
import { HourSums } from "./hour_sums.ts";
import { RangeThreshold } from "./range_threshold.ts";
import type { ScoringRules } from "./rules.ts";

const QUARTER = 15;
const HOUR = 60;
/** Minutes that are kept: a power of two above the longest horizon. */
const KEPT = 64;
const BASIS_POINTS = 1e4;
/** As in the model: a longer hole begins a new sequence. */
const LONGEST_HOLE = DAY_MINUTES;

const KEYS = VOLATILITY_LABELS.map(labelKey);

/** Sums over the forecasts of a window. */
export interface ScoreSums {
  /** Forecasts of 15 minutes, and how many held. */
  forecasts: number;
  covered: number;
  forecasts60: number;
  covered60: number;
  /** Brier scores of the label. */
  label: number;
  /** Forecasts beside which the threshold spoke, and its Brier scores. */
  thresholds: number;
  threshold: number;
  /** Forecasts of a change, and their Brier scores. */
  changes: number;
  change: number;
  /** Log scores of the label, nats, and what they are in the mean if the probabilities are right. */
  log: number;
  expected: number;
  shocks: number;
}

const NOTHING: Readonly<ScoreSums> = {
  ...{ forecasts: 0, covered: 0, forecasts60: 0, covered60: 0, label: 0, thresholds: 0 },
  ...{ threshold: 0, changes: 0, change: 0, log: 0, expected: 0, shocks: 0 },
};

const FIELDS = fieldsOf(NOTHING);

/** The sums of several markets. */
export function addSums(all: readonly ScoreSums[]): ScoreSums {
  const total = { ...NOTHING };
  for (const sums of all) for (const field of FIELDS) total[field] += sums[field];
  return total;
}

/** A published forecast that has not matured. */
interface Pending {
  /** Minute since 1970 that it was made in. */
  readonly minute: number;
  readonly probabilities: readonly number[];
  readonly change: number;
  readonly isShock: boolean;
  readonly intervals: readonly [quarter: Interval, hour: Interval];
  /** Borders of the terciles that the probabilities are of, ln of basis points. */
  readonly borders: readonly number[];
  /** What the threshold said then; undefined where it knows other terciles. */
  readonly threshold: readonly number[] | undefined;
}

/** The interval of 80 %, basis points. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Sum of the squared differences from the class that came. */
function brier(probabilities: readonly number[], came: number): number {
  return probabilities.reduce((sum, p, i) => sum + (p - Number(i === came)) ** 2, 0);
}

function intervalOf({ quantiles }: ReadyForecast["forecast"]["15"]): Interval {
  return { low: quantiles["10"], high: quantiles["90"] };
}

/** 1 when a realized volatility, in basis points, lies inside an interval. */
function isCovered(volatility: number, { low, high }: Interval): number {
  return Number(volatility >= low && volatility <= high);
}

/**
 * Scores a model's published forecasts of one market as they mature: minute by minute, in order. A
 * forecast one of whose next minutes is missing is never scored.
 */
export class MarketScores {
  readonly #rules: ScoringRules;
  /** Absolute borders of the market's terciles; undefined where the model has none. */
  readonly #absolute: readonly number[] | undefined;
  readonly #sums = new HourSums(FIELDS.length);
  readonly #threshold: RangeThreshold;
  readonly #squares = new Float64Array(KEPT);
  readonly #pending: (Pending | undefined)[] = new Array(KEPT).fill(undefined);
  #last = NaN;
  #close = NaN;
  /** First minute of the present run without a hole. */
  #since = NaN;
  /** First minute of the present run in which every minute has a label. */
  #labelledSince = Infinity;
  #label: number | null = null;
  /** Last minute with another label than the one before. */
  #changed = -Infinity;
  #basis: ReadyForecast["basis"] | null = null;

  constructor(rules: ScoringRules, symbol: string) {
    this.#rules = rules;
    const borders = rules.horizons["15"].borders_absolute_y;
    this.#absolute = Object.hasOwn(borders, symbol) ? borders[symbol] : undefined;
    this.#threshold = new RangeThreshold(rules.baseline);
  }

  /** Borders of the last published forecast; null before the first. */
  get basis(): ReadyForecast["basis"] | null {
    return this.#basis;
  }

  /**
   * Takes the next minute.
   *
   * @param signal A final signal, later than the last one.
   * @param output What the model says in it; undefined where it did not run.
   */
  push(signal: Signal, output: ModelOutput | undefined): void {
    const minute = signal.timestamp / MINUTE_MS;
    const missing = minute - this.#last - 1;
    if (missing !== 0) this.#since = minute;
    if (missing > LONGEST_HOLE) this.#threshold.reset();
    const before = missing === 0 ? this.#close : signal.open;
    this.#squares[minute % KEPT] = Math.log(signal.close / before) ** 2;
    [this.#last, this.#close] = [minute, signal.close];
    this.#follow(minute, missing, output?.state ?? null);
    const threshold = this.#threshold.push(signal);
    this.#scoreQuarter(minute - QUARTER);
    this.#scoreHour(minute - HOUR);
    const isPublished = signal.final && signal.backfill === undefined;
    const said = isPublished && output !== undefined && isReadyForecast(output) ? output : null;
    this.#pending[minute % KEPT] = said === null ? undefined : this.#note(minute, said, threshold);
    if (said !== null) this.#basis = said.basis;
  }

  /**
   * The sums over the last hours.
   *
   * @param last Hour since 1970 that they end with.
   * @param hours How many.
   */
  sums(last: number, hours: number): ScoreSums {
    const total = this.#sums.total(last, hours);
    const sums = { ...NOTHING };
    for (const [i, field] of FIELDS.entries()) sums[field] = total[i] ?? 0;
    return sums;
  }

  /** What is needed of a forecast to score it later; undefined where its terciles are not known. */
  #note(minute: number, said: ReadyForecast, threshold: readonly number[]): Pending | undefined {
    const isAbsolute = said.basis === "absolute";
    const borders = isAbsolute ? this.#absolute : this.#bordersOf(said.against_week.level);
    return borders && {
      minute,
      probabilities: KEYS.map((key) => said.probabilities[key] ?? NaN),
      change: said.change_within_60_minutes,
      isShock: said.is_shock,
      intervals: [intervalOf(said.forecast["15"]), intervalOf(said.forecast["60"])],
      borders,
      threshold: isAbsolute ? threshold : undefined,
    };
  }

  /** The borders against a week of a level. */
  #bordersOf(level: number): readonly number[] {
    return this.#rules.horizons["15"].borders_week.map((border) => border + level);
  }

  /** Notes when the label changed. */
  #follow(minute: number, missing: number, label: number | null): void {
    if (label === null) this.#labelledSince = Infinity;
    else if (missing !== 0 || this.#label === null) this.#labelledSince = minute;
    else if (label !== this.#label) this.#changed = minute;
    this.#label = label;
  }

  /** The forecast of a minute if nothing is missing since. */
  #matured(minute: number): Pending | undefined {
    const pending = this.#pending[minute % KEPT];
    return pending?.minute === minute && this.#since <= minute ? pending : undefined;
  }

  /** Volatility of the minutes after one, basis points. */
  #realized(minute: number, minutes: number): number {
    let sum = 0;
    for (let i = 1; i <= minutes; i++) sum += this.#squares[(minute + i) % KEPT] ?? NaN;
    return BASIS_POINTS * Math.sqrt(sum);
  }

  #scoreQuarter(minute: number): void {
    const matured = this.#matured(minute);
    if (matured === undefined) return;
    const { probabilities, threshold, borders, intervals: [interval] } = matured;
    const volatility = this.#realized(minute, QUARTER);
    const y = Math.log(volatility + TARGET_FLOOR);
    const came = borders.filter((border) => y >= border).length;
    this.#add(minute, "forecasts", 1);
    this.#add(minute, "covered", isCovered(volatility, interval));
    this.#add(minute, "label", brier(probabilities, came));
    this.#add(minute, "log", Math.log(probabilities[came] ?? NaN));
    this.#add(minute, "expected", probabilities.reduce((sum, p) => sum + p * Math.log(p), 0));
    this.#add(minute, "shocks", Number(matured.isShock));
    if (threshold === undefined) return;
    this.#add(minute, "thresholds", 1);
    this.#add(minute, "threshold", brier(threshold, came));
  }

  #scoreHour(minute: number): void {
    const matured = this.#matured(minute);
    if (matured === undefined) return;
    const { change, intervals: [, interval] } = matured;
    this.#add(minute, "forecasts60", 1);
    this.#add(minute, "covered60", isCovered(this.#realized(minute, HOUR), interval));
    if (this.#labelledSince > minute) return;
    this.#add(minute, "changes", 1);
    this.#add(minute, "change", (change - Number(this.#changed > minute)) ** 2);
  }

  #add(minute: number, field: keyof ScoreSums, value: number): void {
    this.#sums.add(Math.floor(minute / HOUR), FIELDS.indexOf(field), value);
  }
}
