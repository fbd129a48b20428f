import { systemClock } from "../../../data/common/clock.ts";
import { RawIdCheck } from "../../../service/ingest/raw_ids.ts";
import { minuteOf } from "../../../data/schema/time.ts";
import { BarBuilder } from "../../../service/ingest/bars/bar_builder.ts";
import { decodeFrame } from "../../../service/exchanges/binance/decode/decode.ts";
import { Sequencer } from "../../../service/ingest/sequencer.ts";
import type { Trade } from "../../../data/schema/trade.ts";

/** Turns frames into bars. */
export interface Ingester {
  take(data: Uint8Array): void;
  /** Number of trades in bars. */
  readonly trades: number;
}

/** Trades that may wait behind a gap; this stream has none. */
const CAPACITY = 10_000;

/** The service's way of a frame: decode, sequence, aggregate. */
export class MicroStreamIngester implements Ingester {
  trades = 0;
  /** Keeps the compiler from removing the work. */
  volume = 0;
  readonly #sequencers = new Map<string, Sequencer>();

  take(data: Uint8Array): void {
    const frame = decodeFrame(data);
    if (frame.kind === "trade") this.accept(frame.trade);
  }

  /** Sequences and aggregates a trade. */
  accept(trade: Trade): void {
    let sequencer = this.#sequencers.get(trade.symbol);
    if (sequencer === undefined) {
      sequencer = this.#open(trade);
      this.#sequencers.set(trade.symbol, sequencer);
    }
    sequencer.accept(trade);
  }

  #open(first: Trade): Sequencer {
    let bar = new BarBuilder(first.symbol, "binance", minuteOf(first.time));
    const sequencer = new Sequencer(CAPACITY, {
      trade: (trade) => {
        const minute = minuteOf(trade.time);
        if (minute !== bar.timestamp) {
          this.volume += bar.build("trades").volume;
          bar = new BarBuilder(trade.symbol, "binance", minute);
        }
        bar.add(trade);
        this.trades++;
      },
    }, new RawIdCheck(first.symbol, systemClock, { warning() {} }));
    sequencer.start(first.id);
    return sequencer;
  }
}

interface PlainBar {
  minute: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
}

/** A simple baseline: `JSON.parse`, `Number`, floating-point sums, ids ignored. */
export class PlainIngester implements Ingester {
  trades = 0;
  readonly #bars = new Map<string, PlainBar>();

  take(data: Uint8Array): void {
    const { data: event } = JSON.parse(String(data));
    if (event.e !== "aggTrade") return;
    const price = Number(event.p);
    const quantity = Number(event.q);
    const minute = minuteOf(event.T);
    const bar = this.#bars.get(event.s);
    if (bar === undefined || bar.minute !== minute) {
      const [volume, quoteVolume] = [quantity, price * quantity];
      const prices = { open: price, high: price, low: price, close: price };
      this.#bars.set(event.s, { minute, ...prices, volume, quoteVolume });
    } else {
      bar.high = Math.max(bar.high, price);
      bar.low = Math.min(bar.low, price);
      bar.close = price;
      bar.volume += quantity;
      bar.quoteVolume += price * quantity;
    }
    this.trades++;
  }
}
