import { setImmediate } from "node:timers";
import { expect } from "vitest";
import type { Kline } from "../../../data/klines.ts";
import { type Bar, MINUTE_MS } from "../../../service/bars/bar.ts";
import { BarAssembler } from "../../../service/bars/bar_assembler.ts";
import { BarBuilder, emptyBar, minuteOf } from "../../../service/bars/bar_builder.ts";
import { createLog } from "../../../service/log.ts";
import type { Trade } from "../../../service/market/trade.ts";

/** The first minute, ms UTC. */
export const START = Date.UTC(2024, 4, 1);
const SILENT = createLog("ERROR", () => {});

/** A trade; every third one was the seller's. */
export function trade(id: number, time: number, price = 100, quantity = 1): Trade {
  return {
    symbol: "BTCUSDT",
    id,
    price,
    quantity,
    firstTradeId: id,
    lastTradeId: id,
    time,
    buyerIsMaker: id % 3 === 0,
  };
}

/** The exchange's own klines of a market, computed straight from all of its trades. */
export function klinesOf(trades: readonly Trade[], from: number, to: number): Kline[] {
  const klines: Kline[] = [];
  let close = trades[0]?.price ?? 100;
  for (let minute = minuteOf(trades[0]?.time ?? from); minute < to; minute += MINUTE_MS) {
    const builder = new BarBuilder("BTCUSDT", "binance", minute);
    for (const t of trades) if (minuteOf(t.time) === minute) builder.add(t);
    const bar = builder.trades > 0
      ? builder.build("trades")
      : emptyBar("BTCUSDT", "binance", minute, close);
    close = bar.close;
    const { open, high, low, volume, quote_volume = 0, num_trades = 0, taker_buy_volume = 0 } = bar;
    if (minute < from) continue;
    klines.push({
      ...{ open_time: minute, open, high, low, close, volume },
      ...{ quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume: 0 },
    });
  }
  return klines;
}

/** A market whose trades reach an assembler over a line that a test may cut. */
export class World {
  #now = START;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  readonly published: Bar[] = [];
  readonly failures: unknown[] = [];
  readonly assembler: BarAssembler;
  klinesWork = true;
  klinesLagMs = 0;

  constructor(trades: readonly Trade[], last?: Bar) {
    this.assembler = new BarAssembler({
      symbol: "BTCUSDT",
      source: "binance",
      last,
      historyMinutes: 0,
      now: () => this.#now,
      sleep: (ms) => new Promise((wake) => this.#sleepers.push({ until: this.#now + ms, wake })),
      klines: (_symbol, from, to) =>
        this.klinesWork
          ? Promise.resolve(
            klinesOf(trades, from, Math.min(to, minuteOf(this.now - this.klinesLagMs))),
          )
          : Promise.reject(new Error("no answer")),
      publish: (bars) => {
        this.published.push(...bars);
        return Promise.resolve();
      },
      fail: (error) => this.failures.push(error),
      log: SILENT,
      closing: new AbortController().signal,
    });
  }

  get now(): number {
    return this.#now;
  }

  set now(time: number) {
    this.#now = time;
    const due = this.#sleepers.filter(({ until }) => until <= time);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > time);
    for (const { wake } of due) wake();
  }

  /** Lets the exchange's clock go on, past the grace after a minute. */
  advanceTo(time: number): void {
    this.now = time;
    this.assembler.closeDue();
  }

  /** Resolves when the assembler has done what it can at this time. */
  async settle(): Promise<readonly Bar[]> {
    await new Promise((resolve) => setImmediate(resolve));
    expect(this.failures).toEqual([]);
    return this.published;
  }
}

/** A time in a minute after the first, ms UTC. */
export const at = (minute: number, second: number) => START + minute * MINUTE_MS + second * 1000;
