import { LruCache } from "./lru_cache.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import {
  initialState,
  type LatentMinute,
  LatentProcess,
  type LatentState,
} from "./latent_process.ts";
import { EPOCH_MINUTE, type Season, seasonAt, seasonOf, seasonOfId } from "./seasons.ts";

/** Minutes worked out at once: a quarter of a day. Every season has a whole number of blocks. */
export const BLOCK_MINUTES = 360;

/** Seasons whose states are kept. */
const CACHED_SEASONS = 3;

/** Some hours of a market's latent process: a column for each quantity, an entry for each minute. */
export interface LatentBlock {
  /** First minute, counted from 1970-01-01. */
  readonly minute: number;
  readonly regime: Uint8Array;
  /** See {@link LatentMinute}. */
  readonly volatilityScale: Float64Array;
  readonly activityScale: Float64Array;
  readonly volatility: Float64Array;
  /** Price at the start of each minute, in ticks, not rounded; one more for the end of the block. */
  readonly price: Float64Array;
  /** Id of each minute's first aggregate trade; one more for the end of the block. */
  readonly tradeId: Float64Array;
  /** Id of each minute's first raw trade; one more for the end of the block. */
  readonly rawTradeId: Float64Array;
}

/** States at the start of each block of a season, as far as they are known. */
type Checkpoints = Readonly<LatentState>[];

/** Number of the block of a minute, counted from the epoch; minutes from 1970-01-01. */
export function blockOf(minute: number): number {
  return Math.floor((minute - EPOCH_MINUTE) / BLOCK_MINUTES);
}

/**
 * The latent history of one market: a checkpoint for each block, the minutes of a block on demand.
 * What a season was like is worked out from its start, when it is first asked for.
 */
export class LatentHistory {
  readonly #process: LatentProcess;
  /** Base price in ticks. */
  readonly #basePrice: number;
  /** By the index of the season. */
  readonly #seasons = new LruCache<number, Checkpoints>(CACHED_SEASONS);

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.#process = new LatentProcess(instrument, seed);
    this.#basePrice = instrument.basePrice * 10 ** instrument.priceDecimals;
  }

  /** The id itself if a trade has it, else the next that one has: the first of the next season. */
  find(id: number): number {
    const season = seasonOfId(id);
    return this.#blockInSeason(season, id) === undefined ? seasonAt(season.index + 1).firstId : id;
  }

  /** Id after the last trade of the season of an id. */
  endOfSeason(id: number): number {
    const season = seasonOfId(id);
    return this.#checkpoint(season, blocksOf(season)).tradeId;
  }

  /**
   * Number of the block of a trade, counted from the epoch.
   *
   * @param id One that a trade has, see {@linkcode find}.
   */
  blockOfTrade(id: number): number {
    const season = seasonOfId(id);
    return blockOf(season.from) + (this.#blockInSeason(season, id) ?? blocksOf(season) - 1);
  }

  /** Works out a block. The first time this works out its season up to there. */
  block(index: number): LatentBlock {
    const first = EPOCH_MINUTE + index * BLOCK_MINUTES;
    const season = seasonOf(first);
    const state = { ...this.#checkpoint(season, index - blockOf(season.from)) };
    const block: LatentBlock = {
      minute: first,
      regime: new Uint8Array(BLOCK_MINUTES),
      volatilityScale: new Float64Array(BLOCK_MINUTES),
      activityScale: new Float64Array(BLOCK_MINUTES),
      volatility: new Float64Array(BLOCK_MINUTES),
      price: new Float64Array(BLOCK_MINUTES + 1),
      tradeId: new Float64Array(BLOCK_MINUTES + 1),
      rawTradeId: new Float64Array(BLOCK_MINUTES + 1),
    };
    const minute = emptyMinute();
    for (let i = 0; i <= BLOCK_MINUTES; i++) {
      block.price[i] = this.#basePrice * Math.exp(state.logPrice);
      block.tradeId[i] = state.tradeId;
      block.rawTradeId[i] = state.rawTradeId;
      if (i === BLOCK_MINUTES) break;
      this.#process.step(first + i, state, minute);
      block.regime[i] = minute.regime;
      block.volatilityScale[i] = minute.volatilityScale;
      block.activityScale[i] = minute.activityScale;
      block.volatility[i] = minute.volatility;
    }
    return block;
  }

  /** The block of a trade, counted from its season's start; undefined behind the last trade. */
  #blockInSeason(season: Season, id: number): number | undefined {
    const blocks = blocksOf(season);
    let high = Math.min(Math.max(1, this.#checkpointsOf(season).length - 1), blocks);
    while (this.#checkpoint(season, high).tradeId <= id) if (++high > blocks) return undefined;
    let low = 0;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if (this.#checkpoint(season, middle).tradeId <= id) low = middle;
      else high = middle;
    }
    return low;
  }

  #checkpointsOf({ index, firstId }: Season): Checkpoints {
    return this.#seasons.get(index, () => [initialState(firstId)]);
  }

  /** The state at the start of a block, counted from the start of the season. */
  #checkpoint(season: Season, block: number): Readonly<LatentState> {
    const checkpoints = this.#checkpointsOf(season);
    const minute = emptyMinute();
    for (let next = checkpoints.length; next <= block; next++) {
      const state = { ...checkpoints[next - 1] ?? initialState(season.firstId) };
      const first = season.from + (next - 1) * BLOCK_MINUTES;
      for (let i = 0; i < BLOCK_MINUTES; i++) this.#process.step(first + i, state, minute);
      checkpoints.push(state);
    }
    return checkpoints[block] ?? initialState(season.firstId);
  }
}

function blocksOf({ from, to }: Season): number {
  return (to - from) / BLOCK_MINUTES;
}

function emptyMinute(): LatentMinute {
  return {
    regime: 0,
    volatilityScale: 0,
    activityScale: 0,
    volatility: 0,
    logReturn: 0,
    trades: 0,
    rawTrades: 0,
  };
}
