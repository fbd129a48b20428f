import { DAY_MINUTES } from "../../../data/schema/time.ts";
import { DYNAMICS, keptOf } from "./dynamics.ts";
import { EPOCH_MINUTE } from "./epoch.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import { MidnightPrices } from "./midnight_prices.ts";
import { hashText, Random } from "./random.ts";
import { RegimePaths } from "./regime_paths.ts";
import { REGIMES } from "./regimes.ts";
import { minuteOfWeek, SEASONALITY } from "./seasonality.ts";
import { Swings } from "./swings.ts";
import { TradeNumbers } from "./trade_numbers.ts";

/** No minute is drawn more trades. */
const MAX_TRADES = 20_000;

/** Half-lives after which less than a thousandth of a gust is left: it may begin at 0 then. */
const GUST_MEMORY = 12;

const [SLOW, FAST] = DYNAMICS.gusts;
const SLOW_KEPT = keptOf(SLOW);
const FAST_KEPT = keptOf(FAST);
const SLOW_STEP = SLOW.deviation * Math.sqrt(1 - SLOW_KEPT ** 2);
const FAST_STEP = FAST.deviation * Math.sqrt(1 - FAST_KEPT ** 2);

/** A day of a market's latent process: a column for each quantity, an entry for each minute. */
export interface LatentDay {
  /** First minute, counted from 1970-01-01. */
  readonly minute: number;
  /** Index into `REGIMES`. */
  readonly regime: Uint8Array;
  /** Volatility, log return. */
  readonly volatility: Float64Array;
  /** Price at the start of each minute, in ticks, not rounded; one more for the end of the day. */
  readonly price: Float64Array;
  /** Id of each minute's first aggregate trade; one more for the end of the day. */
  readonly tradeId: Float64Array;
  /** Id of each minute's first raw trade; one more for the end of the day. */
  readonly rawTradeId: Float64Array;
}

/** What the time alone says of a day's minutes. */
export interface DayScales {
  /** Volatility by the time of the week and the swings, without regime and gusts; log return. */
  readonly volatility: Float64Array;
  /** Scale of the expected number of aggregate trades, likewise. */
  readonly activity: Float64Array;
}

/** Number of the day of a minute, counted from the epoch; minutes from 1970-01-01. */
export function dayOf(minute: number): number {
  return Math.floor((minute - EPOCH_MINUTE) / DAY_MINUTES);
}

/** Running sums of a column, brought to whole numbers from `first` to `last`. */
function spread(draws: Float64Array, first: number, last: number): Float64Array {
  const ids = new Float64Array(draws.length + 1);
  const total = draws.reduce((sum, x) => sum + x, 0);
  let sum = 0;
  for (let i = 0; i <= draws.length; i++) {
    const share = total > 0 ? sum / total : i / draws.length;
    ids[i] = first + Math.floor((last - first) * share);
    sum += draws[i] ?? 0;
  }
  return ids;
}

/**
 * The latent process of one market: a Markov chain of regimes; a log volatility that is the sum of
 * the regime's, of the time of the week, of slow swings, and of gusts, which news set off; numbers
 * of trades that share them (Clark's mixture of distributions, 1973). Every day follows from seed
 * and date alone: its first and last price and trade numbers are known beforehand, and its minutes
 * lead from the one to the other.
 */
export class LatentDays {
  readonly #instrument: SimulatedInstrument;
  readonly #seed: number;
  readonly #stream: number;
  /** Base price in ticks. */
  readonly #basePrice: number;
  readonly #swings: Swings;
  readonly #regimes: RegimePaths;
  readonly #prices: MidnightPrices;
  readonly #numbers: TradeNumbers;
  readonly #random = new Random();
  /** The gusts at present. */
  #slow = 0;
  #fast = 0;

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.#instrument = instrument;
    this.#seed = seed;
    this.#stream = hashText(`${instrument.symbol} latent`);
    this.#basePrice = instrument.basePrice * 10 ** instrument.priceDecimals;
    this.#swings = new Swings(instrument.symbol, seed);
    this.#prices = new MidnightPrices(instrument, seed, this.#swings);
    this.#regimes = new RegimePaths(instrument.symbol, seed);
    this.#numbers = new TradeNumbers(instrument, this.#swings, this.#regimes);
  }

  /** Number of the day of a trade, counted from the epoch. */
  dayOfTrade(id: number): number {
    return this.#numbers.dayOf(id);
  }

  /** What the time alone says of a day, counted from the epoch. */
  scales(day: number): DayScales {
    const first = EPOCH_MINUTE + day * DAY_MINUTES;
    const volatility = new Float64Array(DAY_MINUTES);
    const activity = new Float64Array(DAY_MINUTES);
    const scale = this.#numbers.scale(day);
    let before = this.#swings.at(first);
    for (let hour = 0; hour < 24; hour++) {
      const after = this.#swings.at(first + 60 * (hour + 1));
      for (let i = 60 * hour; i < 60 * (hour + 1); i++) {
        const swing = before + (after - before) * (i % 60) / 60;
        const week = minuteOfWeek(first + i);
        volatility[i] = this.#instrument.volatility * (SEASONALITY.volatility[week] ?? NaN) *
          Math.exp(swing);
        activity[i] = scale * (SEASONALITY.activity[week] ?? NaN) *
          Math.exp(DYNAMICS.activityByVolatility * swing);
      }
      before = after;
    }
    return { volatility, activity };
  }

  /** Works out a day, counted from the epoch. */
  day(index: number): LatentDay {
    const minute = EPOCH_MINUTE + index * DAY_MINUTES;
    const random = this.#random;
    const scales = this.scales(index);
    const regime = this.#regimes.path(index, 1);
    const volatility = new Float64Array(DAY_MINUTES);
    const surprise = new Float64Array(DAY_MINUTES);
    const trades = new Float64Array(DAY_MINUTES);
    const rawShare = new Float64Array(DAY_MINUTES);

    this.#warmGusts(minute);
    for (let i = 0; i < DAY_MINUTES; i++) {
      // The gusts' draws are the first: they are made without the others, too.
      random.seed(this.#seed, this.#stream, minute + i);
      const gust = this.#stepGusts();
      const { volatility: ofRegime = NaN, activity = NaN } = REGIMES[regime[i] ?? NaN] ?? {};
      volatility[i] = (scales.volatility[i] ?? NaN) * ofRegime * Math.exp(gust);
      const mean = (scales.activity[i] ?? NaN) * activity * Math.exp(
        DYNAMICS.activityByVolatility * gust + DYNAMICS.activityShock * random.normal(),
      );
      surprise[i] = random.normal();
      trades[i] = Math.min(random.poisson(mean), MAX_TRADES);
      rawShare[i] = 0.5 + random.uniform();
    }

    const [first, last] = [this.#numbers.at(index), this.#numbers.at(index + 1)];
    const tradeId = spread(trades, first, last);
    const rawOf = (id: number) => Math.round(DYNAMICS.extraTrades * id);
    const further = rawShare.map((x, i) => x * ((tradeId[i + 1] ?? NaN) - (tradeId[i] ?? NaN)));
    const rawTradeId = spread(further, rawOf(first), rawOf(last)).map((id, i) =>
      id + (tradeId[i] ?? NaN)
    );
    const price = this.#path(index, volatility, surprise, tradeId);
    return { minute, regime, volatility, price, tradeId, rawTradeId };
  }

  /**
   * The price of each minute of a day in ticks: a random walk that is bent to end at the next
   * midnight's price, each minute by its share of the day's variance, which leaves their variances
   * what they are (a Brownian bridge). A minute without trades does not move.
   */
  #path(
    day: number,
    volatility: Float64Array,
    surprise: Float64Array,
    tradeId: Float64Array,
  ): Float64Array {
    const open = this.#prices.at(day);
    const variance = volatility.map((x, i) => tradeId[i] === tradeId[i + 1] ? 0 : x * x);
    let total = 0;
    let end = open;
    for (let i = 0; i < DAY_MINUTES; i++) {
      total += variance[i] ?? NaN;
      end += Math.sqrt(variance[i] ?? NaN) * (surprise[i] ?? NaN);
    }
    const bend = total > 0 ? (this.#prices.at(day + 1) - end) / total : 0;
    const price = new Float64Array(DAY_MINUTES + 1);
    let log = open;
    for (let i = 0; i <= DAY_MINUTES; i++) {
      price[i] = this.#basePrice * Math.exp(log);
      const square = variance[i] ?? NaN;
      log += Math.sqrt(square) * (surprise[i] ?? NaN) + bend * square;
    }
    return price;
  }

  /** Brings the gusts to where they are before a minute. */
  #warmGusts(minute: number): void {
    this.#slow = 0;
    this.#fast = 0;
    const memory = Math.ceil(GUST_MEMORY * SLOW.halfLife);
    for (let t = minute - memory; t < minute; t++) {
      this.#random.seed(this.#seed, this.#stream, t);
      this.#stepGusts();
    }
  }

  /** Advances the gusts by a minute; returns their sum, the log of a factor. */
  #stepGusts(): number {
    const random = this.#random;
    const kick = random.uniform() < DYNAMICS.newsProbability ? DYNAMICS.newsKick : 0;
    this.#slow = SLOW_KEPT * this.#slow + SLOW_STEP * random.normal();
    this.#fast = FAST_KEPT * this.#fast + FAST_STEP * random.normal() + kick;
    return this.#slow + this.#fast;
  }
}
