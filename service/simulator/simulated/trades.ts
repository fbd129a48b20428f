import { MINUTE_MS } from "../../../data/schema/time.ts";
import { makeTradeColumns, type TradeColumns } from "../trade_columns.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import type { LatentDay } from "./latent_days.ts";
import { hashText, Random } from "./random.ts";
import { tradeSize } from "./trade_sizes.ts";

/** Mean value of a trade, quote currency. */
const MEAN_VALUE = 3000;

/** Share of trades in the same millisecond as the one before. */
const SAME_TIME = 0.3;

/** Share of trades that do not move the price. */
const SAME_PRICE = 0.62;

/**
 * Steps of the price are the 13th power of a uniform number in (-1, 1): few are large, so that a
 * minute's range is less than twice its return, as it is in BTCUSDT, and not as in a Brownian
 * motion. This is their variance.
 */
const STEP_VARIANCE = 1 / 27;

/** Probability that the aggressor is on the side of the one before, regardless of the market. */
const SAME_SIDE = 0.5;

/** How far a minute's return pulls the aggressors to its side. */
const SIDE_BY_RETURN = 0.35;

/** The 13th power. */
function sharpen(x: number): number {
  const square = x * x;
  const fourth = square * square;
  return fourth * fourth * fourth * x;
}

/** Number of trades in a minute of a day. */
export function tradeCount(day: LatentDay, index: number): number {
  return (day.tradeId[index + 1] ?? 0) - (day.tradeId[index] ?? 0);
}

/** Generates the trades of any minute of a market: a bridge from its first price to its last. */
export class TradeGenerator {
  readonly #seed: number;
  readonly #stream: number;
  readonly #meanLots: number;
  readonly #random = new Random();
  #columns: TradeColumns = makeTradeColumns(1024);
  /** Random walk of the price, its steps, time and weight of raw trades, summed up to each trade. */
  #walk = new Float64Array(1024);
  #steps = new Float64Array(1024);
  #elapsed = new Float64Array(1024);
  #weight = new Float64Array(1024);

  constructor(instrument: SimulatedInstrument, seed: number) {
    this.#seed = seed;
    this.#stream = hashText(`${instrument.symbol} trades`);
    this.#meanLots = MEAN_VALUE / instrument.basePrice * 10 ** instrument.quantityDecimals;
  }

  /**
   * The trades of a minute.
   *
   * @param index Minute of the day.
   * @returns Columns whose first {@link tradeCount} entries are the trades; valid until the next call.
   */
  generate(day: LatentDay, index: number): TradeColumns {
    const count = tradeCount(day, index);
    this.#reserve(count);
    const minute = day.minute + index;
    const random = this.#random;
    random.seed(this.#seed, this.#stream, minute);
    const columns = this.#columns;
    const walk = this.#walk;
    const steps = this.#steps;
    const elapsed = this.#elapsed;
    const weight = this.#weight;

    const first = day.price[index] ?? NaN;
    const last = day.price[index + 1] ?? NaN;
    const deviation = (day.volatility[index] ?? NaN) * first;
    const move = (last - first) / deviation;
    const buys = 0.5 + SIDE_BY_RETURN * move / (1 + Math.abs(move));

    let position = 0;
    let moves = 0;
    let time = 0;
    let raw = 0;
    let sells = random.uniform() >= buys;
    for (let i = 0; i < count; i++) {
      const step = random.uniform();
      if (step >= SAME_PRICE) position += sharpen(2 * (step - SAME_PRICE) / (1 - SAME_PRICE) - 1);
      // The last trade moves the price to that of the end of the minute.
      if (step >= SAME_PRICE || i === count - 1) moves++;
      const gap = random.uniform();
      if (gap >= SAME_TIME) time -= Math.log((gap - SAME_TIME) / (1 - SAME_TIME) + 1e-9);
      const side = random.uniform();
      if (side >= SAME_SIDE) sells = (side - SAME_SIDE) / (1 - SAME_SIDE) >= buys;
      const size = tradeSize(random.uniform());
      raw += Math.sqrt(size);
      walk[i] = position;
      steps[i] = moves;
      elapsed[i] = time;
      weight[i] = raw;
      columns.buyerIsMaker[i] = sells ? 1 : 0;
      columns.quantity[i] = Math.max(1, Math.round(size * this.#meanLots));
    }
    time += 1e-9 - Math.log(1 - random.uniform());

    const firstRaw = day.rawTradeId[index] ?? NaN;
    const extraRaw = (day.rawTradeId[index + 1] ?? NaN) - firstRaw - count;
    const scale = deviation / Math.sqrt(moves * STEP_VARIANCE);
    const trend = (last - first - position * scale) / moves;
    let nextRaw = firstRaw;
    for (let i = 0; i < count; i++) {
      const mid = first + trend * (steps[i] ?? NaN) + scale * (walk[i] ?? NaN);
      const bid = Math.max(1, Math.floor(mid));
      columns.price[i] = columns.buyerIsMaker[i] === 1 ? bid : bid + 1;
      columns.time[i] = minute * MINUTE_MS + Math.floor(MINUTE_MS * (elapsed[i] ?? NaN) / time);
      columns.firstTradeId[i] = nextRaw;
      nextRaw = firstRaw + i + 1 + Math.floor(extraRaw * ((weight[i] ?? NaN) / raw));
      columns.lastTradeId[i] = nextRaw - 1;
    }
    return columns;
  }

  #reserve(count: number): void {
    if (count <= this.#walk.length) return;
    const capacity = 2 ** Math.ceil(Math.log2(count));
    this.#columns = makeTradeColumns(capacity);
    this.#walk = new Float64Array(capacity);
    this.#steps = new Float64Array(capacity);
    this.#elapsed = new Float64Array(capacity);
    this.#weight = new Float64Array(capacity);
  }
}
