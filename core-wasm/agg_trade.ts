import { type CoreExports, type CoreSource, float64View, instantiateCore } from "./instance.ts";

/** Places of an event's fields in what {@linkcode AggTradeScanner.scan} gives. */
export const AGG_TRADE_FIELDS = {
  id: 0,
  price: 1,
  quantity: 2,
  firstTradeId: 3,
  lastTradeId: 4,
  /** Time of the event, in the unit in which it was sent. */
  sent: 5,
  /** Time of the trade, in the unit in which it was sent. */
  time: 6,
  /** 1 when the buyer was the maker, else 0. */
  buyerIsMaker: 7,
  /** First byte of the symbol in the frame. */
  symbolStart: 8,
  /** The byte after the symbol in the frame. */
  symbolEnd: 9,
  /** A number below 2^31 made of the symbol's bytes. */
  symbolHash: 10,
} as const;

/** Reads the exchange's `aggTrade` frames from their bytes. */
export class AggTradeScanner {
  readonly #core: CoreExports;
  readonly #frame: Uint8Array;
  readonly #fields: Float64Array;

  constructor(source: CoreSource) {
    const core = instantiateCore(source);
    this.#core = core;
    this.#frame = new Uint8Array(core.memory.buffer, core.frameBytes(), core.maxFrameBytes());
    const fields = Object.keys(AGG_TRADE_FIELDS).length;
    this.#fields = float64View(core, core.aggTradeFields(), fields);
  }

  /**
   * Reads a frame, raw or wrapped as `{stream,data}`, written byte for byte as the exchange writes
   * it. Numbers are exact, decimals equal to what `Number` makes of their text; whether they make
   * sense is not looked at.
   *
   * @returns The fields, in a view that the next call overwrites; undefined for any other frame.
   */
  scan(bytes: Uint8Array): Float64Array | undefined {
    if (bytes.length > this.#frame.length) return undefined;
    this.#frame.set(bytes);
    return this.#core.scanAggTrade(bytes.length) === 0 ? undefined : this.#fields;
  }
}
