import { BarBuilder, minuteOf } from "../../../service/bars/bar_builder.ts";
import { Sequencer } from "../../../service/bars/sequencer.ts";
import { decodeFrame } from "../../../service/market/decode.ts";
import type { Trade } from "../../../service/market/trade.ts";

/** Something that takes frames and makes bars of them. */
export interface Ingester {
  take(data: Uint8Array): void;
  /** Trades that are in bars. */
  readonly trades: number;
}

/** One market of {@linkcode MicroStreamIngester}. */
interface Market {
  readonly sequencer: Sequencer;
  bar: BarBuilder;
}

/** What the service does with a frame: decode, sequence, fold. */
export class MicroStreamIngester implements Ingester {
  trades = 0;
  readonly #markets = new Map<string, Market>();
  /** Keeps what is built from being thought useless. */
  volume = 0;

  take(data: Uint8Array): void {
    const frame = decodeFrame(data);
    if (frame.kind === "trade") this.fold(frame.trade);
  }

  /** Sequences and folds a trade. */
  fold(trade: Trade): void {
    let market = this.#markets.get(trade.symbol);
    const minute = minuteOf(trade.time);
    if (market === undefined) {
      const bar = new BarBuilder(trade.symbol, "binance", minute);
      market = { sequencer: new Sequencer(), bar };
      this.#markets.set(trade.symbol, market);
    }
    const { kind } = market.sequencer.place(trade.id);
    if (kind !== "first" && kind !== "next") return;
    if (minute !== market.bar.timestamp) {
      this.volume += market.bar.build("trades").volume;
      market.bar = new BarBuilder(trade.symbol, "binance", minute);
    }
    market.bar.add(trade);
    this.trades++;
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

/** What one writes in an hour: `JSON.parse`, `Number`, floating sums, no look at the ids. */
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
