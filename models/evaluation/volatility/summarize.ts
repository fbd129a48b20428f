import type {
  ForecastBasis,
  ForecastBin,
  ForecastHeldOut,
} from "../../artifact/forecast_scorecard.ts";
import { DAY_MINUTES } from "../../../data/schema/time.ts";
import type { Basis } from "../../training/volatility/run.ts";
import type { Horizon } from "../../training/volatility/history.ts";
import { BlockBootstrap, type Blocks, sumBlocks } from "../bootstrap.ts";
import { correlation, scaledRanks } from "../ranks.ts";
import { addBins, type Bins } from "./bins.ts";
import type { BasisMeasures, Forecaster, HorizonMeasures, PartMeasures } from "./measure_part.ts";
import type { Span } from "./evaluate.ts";

/** Seed of the bootstrap. The fit itself draws nothing. */
const SEED = 1;

/** What is known of a part for its summary. */
export interface MeasuredPart {
  readonly train: Span;
  readonly test: Span;
  readonly measures: PartMeasures;
}

type Difference = ForecastBasis["label_minus_hysteresis"];

const total = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0);

/** A quotient of totals; null when it is not finite. */
function quotient(a: Float64Array, b: Float64Array): number | null {
  const value = total(a) / total(b);
  return Number.isFinite(value) ? value : null;
}

function joinColumns(columns: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    joined.set(column, at);
    at += column.length;
  }
  return joined;
}

const ratio = ([a = NaN, b = NaN]: readonly number[]) => a / b;

function summarizeBins(bins: Bins): ForecastBin[] {
  const bars = total(bins.counts);
  return Array.from(bins.counts, (count, i) => ({
    share: bars > 0 ? count / bars : 0,
    probability: count > 0 ? (bins.chances[i] ?? NaN) / count : null,
    frequency: count > 0 ? (bins.events[i] ?? NaN) / count : null,
  }));
}

/** A forecaster's columns over the blocks of all parts. */
interface Columns {
  readonly hits: Float64Array;
  readonly logScores: Float64Array;
  /** Of the ranks of forecast and outcome: x, y, x^2, y^2, x y. */
  readonly ranks: readonly Float64Array[];
}

/** The parts of an evaluation with what their summaries share. */
class Pool {
  readonly parts: readonly MeasuredPart[];
  readonly bootstrap: BlockBootstrap;
  /** Blocks of the rows of all parts, and how many rows each has. */
  readonly blocks: Blocks;
  readonly bars: Float64Array;

  constructor(parts: readonly MeasuredPart[]) {
    this.parts = parts;
    const offsets: number[] = [];
    let count = 0;
    for (const { measures } of parts) {
      offsets.push(count);
      count += measures.blocks.count;
    }
    const of = new Int32Array(parts.reduce((sum, { measures }) => sum + measures.rows, 0));
    let at = 0;
    for (const [i, { measures }] of parts.entries()) {
      of.set(measures.blocks.of.map((block) => block + (offsets[i] ?? 0)), at);
      at += measures.rows;
    }
    this.blocks = { of, count };
    this.bars = sumBlocks(new Uint8Array(of.length).fill(1), this.blocks);
    this.bootstrap = new BlockBootstrap(count, SEED);
  }

  /** A column of all parts, one after the other. */
  join(column: (measures: PartMeasures) => Float64Array): Float64Array {
    return joinColumns(this.parts.map(({ measures }) => column(measures)));
  }

  mean(sums: Float64Array, counts: Float64Array) {
    return this.bootstrap.estimate([sums, counts], ratio);
  }
}

class BasisPool {
  readonly #pool: Pool;
  readonly #basis: Basis;
  readonly #known: Float64Array;
  readonly #outcomeRanks: Float64Array;
  readonly #columns = new Map<Forecaster, Columns>();

  constructor(pool: Pool, basis: Basis) {
    this.#pool = pool;
    this.#basis = basis;
    this.#known = this.join((measures) => measures.known);
    this.#outcomeRanks = scaledRanks(this.join((measures) => measures.outcomes));
  }

  join(column: (measures: BasisMeasures) => Float64Array): Float64Array {
    return this.#pool.join((measures) => column(measures.bases[this.#basis]));
  }

  #of(name: Forecaster): Columns {
    const found = this.#columns.get(name);
    if (found !== undefined) return found;
    const x = scaledRanks(this.join(({ forecasters }) => forecasters[name].values));
    const y = this.#outcomeRanks;
    const product = (a: Float64Array, b: Float64Array) =>
      a.map((value, i) => value * (b[i] ?? NaN));
    const columns = {
      hits: this.join(({ forecasters }) => forecasters[name].hits),
      logScores: this.join(({ forecasters }) => forecasters[name].logScores),
      ranks: [x, y, product(x, x), product(y, y), product(x, y)].map((column) =>
        sumBlocks(column, this.#pool.blocks)
      ),
    };
    this.#columns.set(name, columns);
    return columns;
  }

  figures(name: Forecaster): ForecastBasis["model"] {
    const { hits, logScores, ranks } = this.#of(name);
    const rank = correlation([total(this.#pool.bars), ...ranks.map(total)]);
    return {
      accuracy: quotient(hits, this.#known),
      log_score: quotient(logScores, this.#known),
      rank_correlation: Number.isFinite(rank) ? rank : null,
    };
  }

  minus(name: Forecaster, other: Forecaster): Difference {
    const { bootstrap, bars } = this.#pool;
    const [a, b] = [this.#of(name), this.#of(other)];
    const difference = (of: (columns: Columns) => Float64Array) =>
      this.#pool.mean(of(a).map((sum, i) => sum - (of(b)[i] ?? NaN)), this.#known);
    // Both have the bars, the outcome's ranks and their squares in common.
    const columns = [bars, ...a.ranks, ...b.ranks];
    return {
      accuracy: difference(({ hits }) => hits),
      log_score: difference(({ logScores }) => logScores),
      rank_correlation: bootstrap.estimate(
        columns,
        ([n = NaN, ...sums]) =>
          correlation([n, ...sums.slice(0, 5)]) - correlation([n, ...sums.slice(5)]),
      ),
    };
  }
}

function flipsPerDay({ bases, rows }: PartMeasures, basis: Basis): number {
  return bases[basis].flips / rows * DAY_MINUTES;
}

function summarizeBasis(pool: Pool, basis: Basis): ForecastBasis {
  const columns = new BasisPool(pool, basis);
  const baseline = (name: Forecaster) => ({
    ...columns.figures(name),
    model_minus: columns.minus("model", name),
  });
  const rows = total(pool.bars);
  const labels = [0, 1, 2].map((k) => ({
    bars: columns.join(({ labels }) => labels[k]?.bars ?? new Float64Array()),
    volatility: columns.join(({ labels }) => labels[k]?.volatility ?? new Float64Array()),
  }));
  const [first, , last] = labels;
  const changes = {
    bars: columns.join((measures) => measures.changes.bars),
    changed: columns.join((measures) => measures.changes.changed),
    model: columns.join((measures) => measures.changes.model),
    frequencies: columns.join((measures) => measures.changes.frequencies),
  };
  const flips = pool.parts.reduce((sum, { measures }) => sum + measures.bases[basis].flips, 0);
  const bins = (of: (measures: BasisMeasures) => Bins) =>
    summarizeBins(addBins(pool.parts.map(({ measures }) => of(measures.bases[basis]))));
  return {
    model: columns.figures("model"),
    baselines: {
      har: baseline("har"),
      ewma: baseline("ewma"),
      garch: baseline("garch"),
      label: baseline("label"),
      hysteresis: baseline("hysteresis"),
    },
    label_minus_hysteresis: columns.minus("label", "hysteresis"),
    label_changes_a_day: flips / rows * DAY_MINUTES,
    labels: labels.map(({ bars, volatility }) => ({
      share: total(bars) / rows,
      volatility_bp: pool.mean(volatility, bars),
    })),
    last_to_first: first === undefined || last === undefined ? null : pool.bootstrap.estimate(
      [last.volatility, last.bars, first.volatility, first.bars],
      ([a = NaN, n = NaN, b = NaN, m = NaN]) => a / n / (b / m),
    ),
    reliability: bins(({ confidence }) => confidence),
    change: {
      share: quotient(changes.changed, changes.bars),
      brier: quotient(changes.model, changes.bars),
      brier_frequencies: quotient(changes.frequencies, changes.bars),
      ratio: pool.mean(changes.model, changes.frequencies),
      reliability: bins((measures) => measures.changes.bins),
    },
  };
}

function summarizeHorizon(pool: Pool, horizon: Horizon): ForecastHeldOut["horizons"]["15"] {
  const column = (of: (measures: HorizonMeasures) => Float64Array) =>
    pool.join((measures) => of(measures.horizons[horizon]));
  const bars = column((measures) => measures.bars);
  const crps = column((measures) => measures.crps);
  const harCrps = column((measures) => measures.harCrps);
  return {
    coverage_80: pool.mean(column((measures) => measures.inside80), bars),
    coverage_95: pool.mean(column((measures) => measures.inside95), bars),
    crps: quotient(crps, bars),
    crps_har: quotient(harCrps, bars),
    crps_ratio: pool.mean(crps, harCrps),
  };
}

function describePart({ train, test, measures }: MeasuredPart): ForecastHeldOut["parts"][number] {
  const coverage = (horizon: Horizon) => {
    const { bars, inside80, inside95 } = measures.horizons[horizon];
    return { within_80: total(inside80) / total(bars), within_95: total(inside95) / total(bars) };
  };
  const logScore = (basis: Basis) => {
    const { forecasters, known } = measures.bases[basis];
    return quotient(forecasters.model.logScores, known);
  };
  return {
    train,
    test,
    log_score: { absolute: logScore("absolute"), week: logScore("week") },
    label_changes_a_day: {
      absolute: flipsPerDay(measures, "absolute"),
      week: flipsPerDay(measures, "week"),
    },
    coverage: { "15": coverage(15), "60": coverage(60) },
  };
}

/**
 * Pools parts into the held-out part of the scorecard. Ranks are among the bars of all parts.
 *
 * @param parts At least one.
 */
export function summarizeParts(parts: readonly MeasuredPart[]): ForecastHeldOut {
  const pool = new Pool(parts);
  const sign = (name: keyof PartMeasures["sign"]) => pool.join((measures) => measures.sign[name]);
  return {
    parts: parts.map(describePart),
    absolute: summarizeBasis(pool, "absolute"),
    week: summarizeBasis(pool, "week"),
    horizons: { "15": summarizeHorizon(pool, 15), "60": summarizeHorizon(pool, 60) },
    sign: {
      hits: pool.mean(sign("hits"), sign("moved")),
      gain_bp: pool.mean(sign("gains"), sign("bars")),
    },
  };
}
