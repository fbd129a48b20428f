import type { Clock } from "../../data/common/clock.ts";
import type { ExchangeRest, ExchangeTraits } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";
import type { HistoryQueue } from "./history_queue.ts";

/** What every part of ingestion works with. */
export interface IngestContext {
  readonly exchange: {
    /** The history of the markets. */
    readonly rest: Pick<ExchangeRest, "aggTrades" | "klines">;
    readonly traits: ExchangeTraits;
  };
  /** Orders the requests for history. */
  readonly history: Pick<HistoryQueue, "run">;
  /** The exchange's clock, as far as it is known. */
  readonly clock: Clock;
  readonly logger: Log;
  /** Aborts when ingestion ends; what is in progress is dropped. */
  readonly signal: AbortSignal;
}

/** A single failed request is normal; this many in a row are reported as a problem. */
export const REPORTED_FAILURES = 2;
