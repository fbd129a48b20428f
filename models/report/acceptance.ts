import type {
  ForecastHeldOut,
  ForecastScorecard,
  ShockScorecard,
} from "../artifact/forecast_scorecard.ts";
import type { Estimate } from "../artifact/walk_forward.ts";
import { bounded, interval, points } from "./figures.ts";
import type { Table } from "./tables.ts";

/** A demand on a figure. */
interface Demand {
  readonly line: string;
  readonly what: string;
  readonly demand: string;
  /** The figure in words, and whether it is what is demanded; undefined when it is not measured. */
  readonly measured: readonly (Verdict | undefined)[];
}

interface Verdict {
  readonly text: string;
  readonly holds: boolean;
}

/** A figure and its interval that must be at least `least`, or above it. */
function atLeast(
  estimate: Estimate | null | undefined,
  least: number,
  show: (estimate: Estimate) => string,
): Verdict | undefined {
  if (estimate === null || estimate === undefined) return undefined;
  return { text: show(estimate), holds: estimate.value >= least };
}

/** A difference that must be at least `least` with an interval above 0. */
function clearlyAtLeast(
  estimate: Estimate | null | undefined,
  least: number,
  show: (estimate: Estimate) => string,
): Verdict | undefined {
  const found = atLeast(estimate, least, show);
  return found && { ...found, holds: found.holds && (estimate?.low ?? NaN) > 0 };
}

function atMost(
  estimate: Estimate | null | undefined,
  most: number,
  show: (estimate: Estimate) => string,
): Verdict | undefined {
  if (estimate === null || estimate === undefined) return undefined;
  return { text: show(estimate), holds: estimate.value <= most };
}

/** Figures of parts that must all be within bounds. */
function allWithin(values: readonly number[], low: number, high: number): Verdict | undefined {
  if (values.length === 0) return undefined;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { text: bounded(least, most), holds: least >= low && most <= high };
}

const rank = (estimate: Estimate) => interval(estimate, 3);
const nats = (estimate: Estimate) => interval(estimate, 4);
const shares = (estimate: Estimate) => points(estimate);
const plain = (estimate: Estimate) => interval(estimate, 2);

type Measure = (heldOut: ForecastHeldOut) => Verdict | undefined;

const BASIS_WORDS = { absolute: "absolute", week: "against the week" } as const;
const LINE_NAMES = { har: "HAR-RV", ewma: "EWMA", garch: "GARCH(1,1)-t" } as const;

/** A demand on the folds, which another on the last part may differ from. */
interface HeldOutDemand {
  readonly line: string;
  readonly what: string;
  readonly demand: string;
  readonly folds: Measure;
  readonly final: Measure;
}

const same = (line: string, what: string, demand: string, measure: Measure): HeldOutDemand => ({
  line,
  what,
  demand,
  folds: measure,
  final: measure,
});

function probabilityDemands(): HeldOutDemand[] {
  return (["har", "ewma", "garch"] as const).flatMap((name) =>
    (["absolute", "week"] as const).flatMap((basis) => {
      const gain = basis === "absolute" ? 0.03 : 0.04;
      const minus = (heldOut: ForecastHeldOut) => heldOut[basis].baselines[name].model_minus;
      const what = `model less ${LINE_NAMES[name]}, ${BASIS_WORDS[basis]}`;
      return [
        same(
          "1",
          `${what}: log score`,
          `at least +${gain}`,
          (heldOut) => clearlyAtLeast(minus(heldOut).log_score, gain, nats),
        ),
        same(
          "1",
          `${what}: accuracy, points`,
          "at least +1.2",
          (heldOut) => clearlyAtLeast(minus(heldOut).accuracy, 0.012, shares),
        ),
        same(
          "1",
          `${what}: rank correlation`,
          "at least +0.015",
          (heldOut) => clearlyAtLeast(minus(heldOut).rank_correlation, 0.015, rank),
        ),
      ];
    })
  );
}

function labelDemands(): HeldOutDemand[] {
  const above = (estimate: Estimate | null | undefined, show: (e: Estimate) => string) => {
    const found = atLeast(estimate, 0, show);
    return found && { ...found, holds: (estimate?.value ?? NaN) > 0 };
  };
  const minus = (basis: "absolute" | "week") => (heldOut: ForecastHeldOut) =>
    heldOut[basis].label_minus_hysteresis;
  const [plainRange, weekRange] = [minus("absolute"), minus("week")];
  const what = "label less the best threshold on the plain range";
  return [
    {
      line: "2",
      what: `${what}: accuracy, points`,
      demand: "at least +2 (last part: not below 0)",
      folds: (heldOut) => atLeast(plainRange(heldOut).accuracy, 0.02, shares),
      final: (heldOut) => atLeast(plainRange(heldOut).accuracy, 0, shares),
    },
    same(
      "2",
      `${what}: log score`,
      "above 0",
      (heldOut) => above(plainRange(heldOut).log_score, nats),
    ),
    same(
      "2",
      `${what}: rank correlation`,
      "above 0",
      (heldOut) => above(plainRange(heldOut).rank_correlation, rank),
    ),
    {
      line: "2",
      what: "label less the best threshold on the standardized range: accuracy, points",
      demand: "at least +1.5 (last part: above 0)",
      folds: (heldOut) => atLeast(weekRange(heldOut).accuracy, 0.015, shares),
      final: (heldOut) => above(weekRange(heldOut).accuracy, shares),
    },
    ...(["absolute", "week"] as const).map((basis) =>
      same(
        "3",
        `label changes a day in every part, ${BASIS_WORDS[basis]}`,
        "at most 20",
        ({ parts }) => {
          const changes = parts.map((part) => part.label_changes_a_day[basis]);
          const [least, most] = [Math.min(...changes), Math.max(...changes)];
          const text = least === most
            ? most.toFixed(1)
            : `${least.toFixed(1)} to ${most.toFixed(1)}`;
          return { text, holds: most <= 20 };
        },
      )
    ),
  ];
}

function distributionDemands(): HeldOutDemand[] {
  const bounds = {
    "15": { within_80: [0.775, 0.825], within_95: [0.935, 0.965] },
    "60": { within_80: [0.75, 0.83], within_95: [0.93, 0.97] },
  } as const;
  const coverage = (["15", "60"] as const).flatMap((horizon) =>
    (["within_80", "within_95"] as const).map((name) => {
      const [low, high] = bounds[horizon][name];
      return same(
        "4",
        `${horizon} minutes: share inside the ${
          name === "within_80" ? 80 : 95
        } % interval, every part`,
        bounded(low, high),
        ({ parts }) => allWithin(parts.map((part) => part.coverage[horizon][name]), low, high),
      );
    })
  );
  const crps = (["15", "60"] as const).map((horizon) =>
    same(
      "4",
      `${horizon} minutes: CRPS over HAR-RV's`,
      "at most 0.95",
      ({ horizons }) => atMost(horizons[horizon].crps_ratio, 0.95, rank),
    )
  );
  return [...coverage, ...crps];
}

/** Share of the bars that a tenth of the probabilities must have to be judged. */
const LEAST_SHARE = 0.02;

function changeDemands(): HeldOutDemand[] {
  return (["absolute", "week"] as const).flatMap((basis) => [
    same(
      "5",
      `change within the hour, ${BASIS_WORDS[basis]}: Brier score over the frequencies'`,
      "at most 0.8",
      (heldOut) => atMost(heldOut[basis].change.ratio, 0.8, rank),
    ),
    same(
      "5",
      `change within the hour, ${BASIS_WORDS[basis]}: largest error of a tenth, points`,
      "at most 4",
      (heldOut) => {
        const errors = heldOut[basis].change.reliability.flatMap(
          ({ share, probability, frequency }) =>
            share >= LEAST_SHARE && probability !== null && frequency !== null
              ? [Math.abs(probability - frequency)]
              : [],
        );
        if (errors.length === 0) return undefined;
        const most = Math.max(...errors);
        return { text: (100 * most).toFixed(1), holds: most <= 0.04 };
      },
    ),
  ]);
}

function regimeDemands(): HeldOutDemand[] {
  return [
    same(
      "7",
      "volatility after the last label over the first",
      "at least 2.6 on the folds",
      (heldOut) => atLeast(heldOut.absolute.last_to_first, 2.6, plain),
    ),
  ];
}

/** Line 10: what is not claimed. */
function signFigures(): HeldOutDemand[] {
  const shown = (estimate: Estimate | null, show: (estimate: Estimate) => string) =>
    estimate === null ? undefined : { text: show(estimate), holds: true };
  return [
    same(
      "10",
      "sign of the next 15 minutes from momentum: right, %",
      "",
      ({ sign }) => shown(sign.hits, shares),
    ),
    same(
      "10",
      "mean return in its direction, bp before costs",
      "",
      ({ sign }) => shown(sign.gain_bp, plain),
    ),
  ];
}

/** Line 6: another market by this fit. */
function otherMarketDemands({ tests = [] }: ForecastScorecard): Demand[] {
  return tests.filter(({ symbol }) => symbol === "ETHUSDT").flatMap(({ symbol, measures }) => [
    {
      line: "6",
      what: `${symbol}, 15 minutes: share inside the 80 % interval`,
      demand: bounded(0.775, 0.825),
      measured: [
        allWithin(measures.parts.map(({ coverage }) => coverage["15"].within_80), 0.775, 0.825),
      ],
    },
    ...(["absolute", "week"] as const).map((basis) => ({
      line: "6",
      what: `${symbol}, model less HAR-RV, ${BASIS_WORDS[basis]}: log score`,
      demand: "at least +0.03",
      measured: [atLeast(measures[basis].baselines.har.model_minus.log_score, 0.03, nats)],
    })),
  ]);
}

/** Line 8: alarms of the shock score. */
function shockDemands({ runs, rates, caught, storms }: ShockScorecard): Demand[] {
  const alarms = runs.flatMap(({ shock }) => shock[0]?.alarms_a_day ?? []);
  const [least, most] = [Math.min(...alarms), Math.max(...alarms)];
  const words = (found: ShockScorecard["caught"], by: "shock" | "forest") =>
    rates.map((rate, i) => `${points(found[i]?.[by], 0)} % at ${rate} a day`).join(", ");
  const both = (found: ShockScorecard["caught"]) =>
    `${words(found, "shock")}; Isolation Forest: ${words(found, "forest")}`;
  const first = storms.caught[0]?.shock;
  return [
    {
      line: "8",
      what: "alarms a day of the shock score, every run",
      demand: "14 to 26",
      measured: [{
        text: `${least.toFixed(1)} to ${most.toFixed(1)}`,
        holds: least >= 14 && most <= 26,
      }],
    },
    ...(first === undefined || first === null ? [] : [{
      line: "8",
      what: `largest moves caught, runs from ${storms.months.join(", ")}`,
      demand: "at least 85 % at 20 a day",
      measured: [{ text: both(storms.caught), holds: first.value >= 0.85 }],
    }]),
    {
      line: "8",
      what: "largest moves caught, all runs",
      demand: "",
      measured: [{ text: both(caught), holds: true }],
    },
  ];
}

function formatDemand({ line, what, demand, measured }: Demand, columns: number): string[] {
  const cells = Array.from({ length: columns }, (_, i) => {
    const verdict = measured[i];
    if (verdict === undefined) return "-";
    if (demand === "") return verdict.text;
    return `${verdict.text}: ${verdict.holds ? "holds" : "does not hold"}`;
  });
  return [line, what, demand, ...cells];
}

/**
 * What was asked of the model before its last part was looked at, beside what was measured. A part
 * that was not measured has a dash.
 */
export function acceptanceTables(scorecard: ForecastScorecard): Table[] {
  const { folds, final, shock } = scorecard;
  const heldOut = [
    ...probabilityDemands(),
    ...labelDemands(),
    ...distributionDemands(),
    ...changeDemands(),
    ...regimeDemands(),
    ...signFigures(),
  ].map((demand): Demand => ({
    ...demand,
    measured: [folds && demand.folds(folds), final && demand.final(final)],
  }));
  const others = [
    ...otherMarketDemands(scorecard),
    ...(shock === undefined ? [] : shockDemands(shock)),
  ];
  return [
    ...(folds === undefined ? [] : [{
      title: "What was asked, and what was found",
      head: ["no.", "figure", "asked", "folds", "last part"],
      rows: heldOut.map((demand) => formatDemand(demand, 2)),
    }]),
    ...(others.length === 0 ? [] : [{
      title: "What was asked of other markets and of shocks, and what was found",
      head: ["no.", "figure", "asked", "found"],
      rows: others.map((demand) => formatDemand(demand, 1)),
    }]),
  ];
}
