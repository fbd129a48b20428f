import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import {
  initialState,
  type LatentMinute,
  LatentProcess,
  type LatentState,
} from "./latent_process.ts";

/** The first minute of every simulated market, counted from 1970-01-01: 2025-01-01 00:00 UTC. */
export const EPOCH_MINUTE = Date.UTC(2025, 0, 1) / MINUTE_MS;

/** One day of a market's latent process: a column for each quantity, an entry for each minute. */
export interface LatentDay {
  /** First minute, counted from 1970-01-01. */
  readonly minute: number;
  readonly regime: Uint8Array;
  /** See {@link LatentMinute}. */
  readonly volatilityScale: Float64Array;
  readonly activityScale: Float64Array;
  readonly volatility: Float64Array;
  /** Price at the start of each minute, in ticks, not rounded; one more for the end of the day. */
  readonly price: Float64Array;
  /** Id of each minute's first aggregate trade; one more for the end of the day. */
  readonly tradeId: Float64Array;
  /** Id of each minute's first raw trade; one more for the end of the day. */
  readonly rawTradeId: Float64Array;
}

/** The latent history of one market: a checkpoint for each day, the minutes of a day on demand. */
export class LatentHistory {
  readonly #process: LatentProcess;
  /** Base price in ticks. */
  readonly #basePrice: number;
  /** States at the start of each day since the epoch. */
  readonly #checkpoints: Readonly<LatentState>[] = [initialState()];

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.#process = new LatentProcess(instrument, seed);
    this.#basePrice = instrument.basePrice * 10 ** instrument.priceDecimals;
  }

  /** Index, from the epoch, of the day of a trade. */
  dayOfTrade(tradeId: number): number {
    let high = this.#checkpoints.length;
    while (this.#checkpoint(high).tradeId <= tradeId) high++;
    let low = 0;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if (this.#checkpoint(middle).tradeId <= tradeId) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Computes a day. The first time this computes all days before it. */
  day(index: number): LatentDay {
    const state = { ...this.#checkpoint(index) };
    const day: LatentDay = {
      minute: EPOCH_MINUTE + index * DAY_MINUTES,
      regime: new Uint8Array(DAY_MINUTES),
      volatilityScale: new Float64Array(DAY_MINUTES),
      activityScale: new Float64Array(DAY_MINUTES),
      volatility: new Float64Array(DAY_MINUTES),
      price: new Float64Array(DAY_MINUTES + 1),
      tradeId: new Float64Array(DAY_MINUTES + 1),
      rawTradeId: new Float64Array(DAY_MINUTES + 1),
    };
    const minute = emptyMinute();
    for (let i = 0; i <= DAY_MINUTES; i++) {
      day.price[i] = this.#basePrice * Math.exp(state.logPrice);
      day.tradeId[i] = state.tradeId;
      day.rawTradeId[i] = state.rawTradeId;
      if (i === DAY_MINUTES) break;
      this.#process.step(day.minute + i, state, minute);
      day.regime[i] = minute.regime;
      day.volatilityScale[i] = minute.volatilityScale;
      day.activityScale[i] = minute.activityScale;
      day.volatility[i] = minute.volatility;
    }
    return day;
  }

  #checkpoint(day: number): Readonly<LatentState> {
    const minute = emptyMinute();
    for (let next = this.#checkpoints.length; next <= day; next++) {
      const state = { ...this.#checkpoints[next - 1] ?? initialState() };
      const first = EPOCH_MINUTE + (next - 1) * DAY_MINUTES;
      for (let i = 0; i < DAY_MINUTES; i++) this.#process.step(first + i, state, minute);
      this.#checkpoints.push(state);
    }
    return this.#checkpoints[day] ?? initialState();
  }
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
