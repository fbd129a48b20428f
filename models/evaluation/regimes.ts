import type { Estimate, HeldOut } from "../artifact/walk_forward.ts";
import { type BlockBootstrap, type Blocks, sumBlocks } from "./bootstrap.ts";
import type { Outcomes } from "./outcomes.ts";

/** Sums of each block over the bars of one regime with a known outcome. */
export interface RegimeSums {
  readonly bars: Float64Array;
  readonly volatility: Float64Array;
  readonly absoluteReturn: Float64Array;
  readonly volume: Float64Array;
}

/** Sums the outcomes of the bars of each regime. */
export function sumRegimes(
  path: Uint8Array,
  states: number,
  outcomes: Outcomes,
  blocks: Blocks,
): readonly RegimeSums[] {
  return Array.from({ length: states }, (_, k) => {
    const sum = (values: Float64Array) =>
      sumBlocks(values.map((value, t) => (path[t] === k ? value : NaN)), blocks);
    return {
      bars: sum(outcomes.volatility.map((value) => (Number.isNaN(value) ? NaN : 1))),
      volatility: sum(outcomes.volatility),
      absoluteReturn: sum(outcomes.absoluteReturn),
      volume: sum(outcomes.volume),
    };
  });
}

/** A mean: the first total divided by the second. */
export function ratio([sum = NaN, count = NaN]: readonly number[]): number {
  return sum / count;
}

function ratioOfMeans(
  [a = NaN, countA = NaN, b = NaN, countB = NaN]: readonly number[],
): number {
  return a / countA / (b / countB);
}

/** Mean outcomes of a regime; null when it does not occur. */
export function estimateNext(
  sums: RegimeSums,
  bootstrap: BlockBootstrap,
): HeldOut["regimes"][string]["next"] {
  const mean = (column: Float64Array) => bootstrap.estimate([column, sums.bars], ratio);
  const volatility = mean(sums.volatility);
  const absoluteReturn = mean(sums.absoluteReturn);
  const volume = mean(sums.volume);
  if (volatility === null || absoluteReturn === null || volume === null) return null;
  return { volatility_bp: volatility, absolute_return_bp: absoluteReturn, volume };
}

/** Ratios of two regimes' mean outcomes; null when one has no bars or no movement. */
export function compareRegimes(
  above: RegimeSums,
  below: RegimeSums,
  bootstrap: BlockBootstrap,
): HeldOut["last_to_first"] {
  const compare = (column: (sums: RegimeSums) => Float64Array): Estimate | null =>
    bootstrap.estimate([column(above), above.bars, column(below), below.bars], ratioOfMeans);
  const volatility = compare((sums) => sums.volatility);
  const absoluteReturn = compare((sums) => sums.absoluteReturn);
  const volume = compare((sums) => sums.volume);
  if (volatility === null || absoluteReturn === null || volume === null) return null;
  return { volatility, absolute_return: absoluteReturn, volume };
}
