/** What the service knows of one market's feed. */
export interface SymbolStatus {
  readonly symbol: string;
  /** Exchange time of the last trade, ms UTC; null before the first. */
  readonly last_trade_time: number | null;
  /** Open time of the last published bar, ms UTC; null before the first. */
  readonly last_bar: number | null;
  /** Trades folded into bars since the start. */
  readonly trades: number;
  /** Holes in the sequence of trade ids that did not close by themselves, since the start. */
  readonly gaps: number;
  /** Trades that did not arrive and were taken from the exchange's history instead. */
  readonly repaired_trades: number;
  /** Trades that could not be had at all; their minutes are taken from klines. */
  readonly missing_trades: number;
  /** Trades that arrived before an earlier one and waited for it. */
  readonly held: number;
  /** Trades received twice and dropped. */
  readonly duplicates: number;
  /** Trades received twice because one connection was taking over from another. */
  readonly overlapped: number;
  /** Trades that came after their minute was published. */
  readonly late: number;
  /** Bars compared with the exchange's own klines. */
  readonly audited_bars: number;
  /** Those of them that differed in some field. */
  readonly mismatched_bars: number;
  /** Why this market's bars are held up, for people; null while they are not. */
  readonly problem: string | null;
}

/** A model that scores the markets. */
export interface ModelStatus {
  readonly name: string;
  readonly fingerprint: string;
  /** When it was loaded, ms UTC of this machine. */
  readonly loaded: number;
}

/** State of the line to the exchange. */
export type ConnectionState = "connecting" | "live" | "silent" | "disconnected";

/** Health of the service; the SSE event `status` and the heart of `/healthz`. */
export interface Status {
  /** Where the data on the page comes from now. */
  readonly source: "binance" | "simulator";
  /** What `SOURCE` asked for. */
  readonly requested: "auto" | "binance" | "simulator";
  readonly connection: ConnectionState;
  /** One line for people: what is going on and, when something is wrong, what to do. */
  readonly message: string;
  /** When `connection` last changed, ms UTC of this machine. */
  readonly since: number;
  /** Exchange clock minus this machine's clock, ms; null before it was measured. */
  readonly clock_offset: number | null;
  /** Times a connection that stood was lost, since the start; failed attempts do not count. */
  readonly disconnects: number;
  /** Times a connection was replaced by a new one without a break, since the start. */
  readonly handovers: number;
  /** Frames refused since the start (not decodable, or values out of range). */
  readonly invalid_frames: number;
  /** The same by what was wrong with them. */
  readonly invalid_frames_by_kind: Readonly<Record<string, number>>;
  /** The models that are live, the primary first. */
  readonly models: readonly ModelStatus[];
  /** Why the artifact files are not what is live, or not fully, for people; null while all is well. */
  readonly models_problem: string | null;
  /** Request weight used at the exchange in the present minute. */
  readonly rest_weight: number;
  readonly symbols: readonly SymbolStatus[];
}
