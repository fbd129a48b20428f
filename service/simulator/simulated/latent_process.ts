import type { SimulatedInstrument } from "./instruments.ts";
import { hashText, Random } from "./random.ts";
import { expectedDrift, FIRST_REGIME, nextRegime, REGIMES } from "./regimes.ts";
import { minuteOfWeek, SEASONALITY } from "./seasonality.ts";
import { reversionAt } from "./seasons.ts";

/** The parameters that all regimes share; times in minutes. */
export const DYNAMICS = {
  /** Standard deviation of the log of a minute's shock to volatility. */
  volatilityShock: 0.45,
  /** Share of the volatility shock in the log of the number of trades. */
  sharedShock: 0.9,
  /** Standard deviation of the shock to the number of trades alone. */
  activityShock: 0.7,
  /** Volatility and activity follow the last minutes; longer swings come from the regimes. */
  decay: Math.exp(-1 / 8),
  volatilityGain: 0.015,
  activityGain: 0.015,
  /** Expected size of a return over the observable volatility, and of trades over activity. */
  meanAbsReturn: 0.97,
  meanTrades: 1.42,
  /** Bound of a surprise, in multiples of the expected value. */
  maxSurprise: 5,
  /** Raw trades to one aggregate trade, less the one. */
  extraTrades: 2.2,
} as const;

/** No minute has more aggregate trades. */
const MAX_TRADES = 20_000;

/** The state that the latent process carries from one minute to the next. */
export interface LatentState {
  regime: number;
  /** Log effects of the last minutes on volatility and on the number of trades. */
  volatility: number;
  activity: number;
  /** Log of the price over the instrument's base price. */
  logPrice: number;
  /** Id of the next aggregate trade. */
  tradeId: number;
  /** Id of the next raw trade. */
  rawTradeId: number;
}

/** One minute of the latent process: the totals of its trades. */
export interface LatentMinute {
  regime: number;
  /** Volatility scale from the past and the time of the week, without the regime. */
  volatilityScale: number;
  /** The same for the number of trades. */
  activityScale: number;
  /** Volatility of this minute, its shock included; log return. */
  volatility: number;
  /** Log return over the minute. */
  logReturn: number;
  /** Aggregate trades. */
  trades: number;
  /** Raw trades. */
  rawTrades: number;
}

/**
 * The state in which a market begins, and begins again each season.
 *
 * @param firstId Id of the first trade.
 */
export function initialState(firstId: number): LatentState {
  return {
    regime: FIRST_REGIME,
    volatility: 0,
    activity: 0,
    logPrice: 0,
    tradeId: firstId,
    rawTradeId: firstId,
  };
}

/**
 * The latent process of a market, minute by minute: a Markov chain of regimes whose changes
 * follow the hours of the week; volatility and activity that cluster (the log follows past
 * surprises, in the manner of Nelson's EGARCH, 1991) and share their shocks (Clark's mixture of
 * distributions, 1973); a log price that returns to its base. Given the past, a minute depends on
 * its regime and on three independent shocks only.
 */
export class LatentProcess {
  readonly #instrument: SimulatedInstrument;
  readonly #seed: number;
  readonly #stream: number;
  readonly #random = new Random();

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.#instrument = instrument;
    this.#seed = seed;
    this.#stream = hashText(`${instrument.symbol} latent`);
  }

  /**
   * Advances the state by a minute.
   *
   * @param minute Counted from 1970-01-01 UTC.
   * @param state Changed in place.
   * @param out Filled in.
   */
  step(minute: number, state: LatentState, out: LatentMinute): void {
    const random = this.#random;
    random.seed(this.#seed, this.#stream, minute);
    const week = minuteOfWeek(minute);
    state.regime = nextRegime(state.regime, week, random.uniform());
    const regime = REGIMES[state.regime] ?? REGIMES[FIRST_REGIME];
    out.regime = state.regime;
    out.volatilityScale = this.#instrument.volatility * (SEASONALITY.volatility[week] ?? 1) *
      Math.exp(state.volatility);
    out.activityScale = this.#instrument.tradesPerMinute * (SEASONALITY.activity[week] ?? 1) *
      Math.exp(state.activity);

    const shock = DYNAMICS.volatilityShock * random.normal();
    out.volatility = out.volatilityScale * regime.volatility * Math.exp(shock);
    const mean = out.activityScale * regime.activity *
      Math.exp(DYNAMICS.sharedShock * shock + DYNAMICS.activityShock * random.normal());
    out.trades = Math.min(random.poisson(mean), MAX_TRADES);
    out.rawTrades = out.trades + Math.floor(
      DYNAMICS.extraTrades * out.trades * (0.5 + random.uniform()),
    );
    const surprise = random.normal();
    out.logReturn = out.trades === 0
      ? 0
      : (regime.drift - expectedDrift(week)) * out.volatilityScale + out.volatility * surprise -
        reversionAt(minute) * state.logPrice;
    this.#advance(state, out);
  }

  #advance(state: LatentState, minute: LatentMinute): void {
    const { decay, volatilityGain, activityGain, maxSurprise, meanAbsReturn, meanTrades } =
      DYNAMICS;
    const moved = Math.min(Math.abs(minute.logReturn) / minute.volatilityScale, maxSurprise) -
      meanAbsReturn;
    const traded = Math.min(minute.trades / minute.activityScale, maxSurprise) - meanTrades;
    state.volatility = decay * state.volatility + volatilityGain * moved;
    state.activity = decay * state.activity + activityGain * traded;
    state.logPrice += minute.logReturn;
    state.tradeId += minute.trades;
    state.rawTradeId += minute.rawTrades;
  }
}
