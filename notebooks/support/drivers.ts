import { FEATURE_NAMES, SEASON_COLUMNS } from "../../core-wasm/core.ts";
import { percent, type Table } from "../../models/report/tables.ts";
import { dot, solveRidge } from "../../models/training/volatility/least_squares.ts";
import {
  type Horizon,
  pick,
  type VolatilityHistory,
  writeSeason,
} from "../../models/training/volatility/history.ts";
import { mean } from "./mean.ts";

type Input = typeof FEATURE_NAMES.volatility[number];

/** What may drive volatility: a group of the model's regressors. */
interface Group {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly season?: true;
}

const GROUPS: readonly Group[] = [
  { name: "last minutes", inputs: ["volatility_5"] },
  { name: "last hour", inputs: ["volatility_30"] },
  { name: "last day", inputs: ["volatility_240", "volatility_1440"] },
  { name: "last week", inputs: ["week"] },
  { name: "hour and weekday", inputs: [], season: true },
  { name: "volume", inputs: ["volume_5", "volume_60"] },
  {
    name: "momentum and leverage",
    inputs: FEATURE_NAMES.volatility.filter((name) => /^(leverage|momentum)/.test(name)),
  },
];

/** How much of the log volatility to come a group explains. */
export interface Driver {
  readonly name: string;
  readonly horizon: Horizon;
  /** R-squared of a regression on the group alone. */
  readonly alone: number;
  /** By how much R-squared falls when the group is left out of the whole model. */
  readonly lost: number;
}

/** How much all groups explain, and each. */
export interface DriverMeasures {
  /** R-squared of all groups together. */
  readonly all: number;
  readonly drivers: readonly Driver[];
}

const INPUTS = FEATURE_NAMES.volatility;
/** A constant, the inputs, the calendar. */
const WIDTH = 1 + INPUTS.length + SEASON_COLUMNS;

/** Places of a group's regressors. */
function placesOf({ inputs, season }: Group): readonly number[] {
  const calendar = Array.from({ length: SEASON_COLUMNS }, (_, i) => 1 + INPUTS.length + i);
  return [...inputs.map((name) => 1 + INPUTS.indexOf(name)), ...(season ? calendar : [])];
}

/** Sums of products of all regressors and the target, from which any subset can be solved. */
class NormalEquations {
  readonly #products = new Float64Array(WIDTH * WIDTH);
  readonly #moments = new Float64Array(WIDTH);
  readonly #squares: number;
  readonly #rows: number;

  constructor(history: VolatilityHistory, rows: Int32Array, y: Float64Array) {
    const targets = pick(y, rows);
    const level = mean(targets);
    const x = new Float64Array(WIDTH);
    let squares = 0;
    for (const [n, row] of rows.entries()) {
      x[0] = 1;
      x.set(history.inputs.subarray(row * INPUTS.length, (row + 1) * INPUTS.length), 1);
      writeSeason(history.season, history.times[row] ?? NaN, x, 1 + INPUTS.length);
      const target = (targets[n] ?? NaN) - level;
      squares += target * target;
      for (let i = 0; i < WIDTH; i++) {
        const value = x[i] ?? NaN;
        this.#moments[i] = (this.#moments[i] ?? NaN) + value * target;
        const at = i * WIDTH;
        for (let j = 0; j <= i; j++) {
          this.#products[at + j] = (this.#products[at + j] ?? NaN) + value * (x[j] ?? NaN);
        }
      }
    }
    this.#squares = squares;
    this.#rows = rows.length;
  }

  /** R-squared of the regression on a constant and some regressors. */
  explained(places: readonly number[]): number {
    const chosen = [0, ...places].sort((a, b) => a - b);
    const normal = new Float64Array(chosen.length ** 2);
    for (const [i, row] of chosen.entries()) {
      for (const [j, column] of chosen.slice(0, i + 1).entries()) {
        normal[i * chosen.length + j] = this.#products[row * WIDTH + column] ?? NaN;
      }
    }
    const moments = Float64Array.from(chosen, (place) => this.#moments[place] ?? NaN);
    return dot(solveRidge(normal, moments.slice(), this.#rows), moments) / this.#squares;
  }
}

/**
 * How much of the log volatility of the next minutes each group of the model's inputs explains, by
 * least squares on the rows themselves.
 */
export function measureDrivers(
  history: VolatilityHistory,
  horizon: Horizon,
  rows: Int32Array,
): DriverMeasures {
  const equations = new NormalEquations(history, rows, history.outcomes[horizon].y);
  const all = equations.explained(GROUPS.flatMap(placesOf));
  const drivers = GROUPS.map((group): Driver => ({
    name: group.name,
    horizon,
    alone: equations.explained(placesOf(group)),
    lost: all - equations.explained(GROUPS.filter((other) => other !== group).flatMap(placesOf)),
  }));
  return { all, drivers };
}

/** What is explained alone and lost without, by group and horizon. */
export function driverTable(measured: readonly DriverMeasures[]): Table {
  const horizons = measured.map(({ drivers }) => `${drivers[0]?.horizon} minutes`);
  return {
    title: "R-squared of the log volatility to come",
    head: ["", ...horizons.flatMap((words) => [`${words}: alone`, "lost without"])],
    rows: [
      ...GROUPS.map(({ name }, i) => [
        name,
        ...measured.flatMap(({ drivers }) => [
          percent(drivers[i]?.alone ?? NaN),
          percent(drivers[i]?.lost ?? NaN, 2),
        ]),
      ]),
      ["all", ...measured.flatMap(({ all }) => [percent(all), ""])],
    ],
  };
}

/** What came after the rows in one tenth of an input's values. */
export interface Response {
  readonly input: string;
  /** 1 to 10, from the lowest values to the highest. */
  readonly tenth: number;
  /** Geometric mean of the volatility of the next 15 minutes, basis points. */
  readonly volatility: number;
}

const RESPONDING: readonly (readonly [words: string, value: (input: Inputs) => number])[] = [
  ["volatility, 5 minutes", (input) => input("volatility_5")],
  ["volatility, 4 hours", (input) => input("volatility_240")],
  ["level of the week", (input) => input("week")],
  ["volume, 5 minutes", (input) => input("volume_5")],
  // Falls have a leverage, rises only a momentum.
  ["return of an hour", (input) => input("leverage_60") || input("momentum_60")],
];

type Inputs = (name: Input) => number;

/** What came after each tenth of some inputs' values: the raw relations, without a model. */
export function measureResponses(
  history: VolatilityHistory,
  rows: Int32Array,
): readonly Response[] {
  const y = pick(history.outcomes[15].y, rows);
  const at = (row: number): Inputs => (name) =>
    history.inputs[row * INPUTS.length + INPUTS.indexOf(name)] ?? NaN;
  return RESPONDING.flatMap(([input, value]) => {
    const values = Float64Array.from(rows, (row) => value(at(row)));
    const order = [...values.keys()].sort((a, b) => (values[a] ?? NaN) - (values[b] ?? NaN));
    return Array.from({ length: 10 }, (_, i): Response => {
      const part = order.slice(
        Math.floor(i * order.length / 10),
        Math.floor((i + 1) * order.length / 10),
      );
      const logs = Float64Array.from(part, (n) => y[n] ?? NaN);
      return { input, tenth: i + 1, volatility: Math.exp(mean(logs)) };
    });
  });
}
