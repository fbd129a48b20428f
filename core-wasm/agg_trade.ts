import { type CoreExports, type CoreSource, float64View, instantiateCore } from "./instance.ts";

/** Index of each field of an event in the result of {@linkcode AggTradeScanner.scan}. */
function readLayout(core: CoreExports) {
  return {
    id: core.AGG_TRADE_ID.value,
    price: core.AGG_TRADE_PRICE.value,
    quantity: core.AGG_TRADE_QUANTITY.value,
    firstTradeId: core.AGG_TRADE_FIRST.value,
    lastTradeId: core.AGG_TRADE_LAST.value,
    /** Time of the event, in the unit in which it was sent. */
    eventTime: core.AGG_TRADE_EVENT_TIME.value,
    /** Time of the trade, in the unit in which it was sent. */
    time: core.AGG_TRADE_TIME.value,
    /** 1 when the buyer was the maker, else 0. */
    buyerIsMaker: core.AGG_TRADE_MAKER.value,
    /** Offset of the symbol's first byte in the frame. */
    symbolStart: core.AGG_TRADE_SYMBOL.value,
    /** Offset after the symbol's last byte. */
    symbolEnd: core.AGG_TRADE_SYMBOL_END.value,
    /** Hash of the symbol's bytes, 0 to 2^31 - 1. */
    symbolHash: core.AGG_TRADE_SYMBOL_HASH.value,
  } as const;
}

/** Scans the exchange's `aggTrade` frames. */
export class AggTradeScanner {
  /** Index of each field in the result of {@linkcode scan}. */
  readonly fields: Readonly<ReturnType<typeof readLayout>>;
  readonly #core: CoreExports;
  readonly #frame: Uint8Array;
  readonly #event: Float64Array;

  constructor(source: CoreSource) {
    const core = instantiateCore(source);
    this.fields = readLayout(core);
    this.#core = core;
    this.#frame = new Uint8Array(core.memory.buffer, core.FRAME.value, core.MAX_FRAME_BYTES.value);
    this.#event = float64View(core, core.AGG_TRADE.value, core.AGG_TRADE_LENGTH.value);
  }

  /**
   * Reads a frame, raw or wrapped as `{stream,data}`, in exactly the exchange's form. Integers are
   * exact and decimals equal `Number` of their text; their values are not validated.
   *
   * @returns The fields, in a view that the next call overwrites; undefined for any other frame.
   */
  scan(bytes: Uint8Array): Float64Array | undefined {
    if (bytes.length > this.#frame.length) return undefined;
    this.#frame.set(bytes);
    return this.#core.scanAggTrade(bytes.length) === 0 ? undefined : this.#event;
  }
}
