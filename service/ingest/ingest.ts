import type { Clock } from "../../data/common/clock.ts";
import type { FeedStatus } from "../../data/schema/announcement.ts";
import type { EventLog } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Exchange } from "../exchanges/exchange.ts";
import type { Log } from "../log.ts";
import type { RequestedSource } from "./source_selector.ts";

/** What ingestion works with. */
export interface IngestOptions {
  /** Closed together with the role. */
  readonly exchange: Exchange;
  /** Name of the source in bars and in the status. */
  readonly source: "binance" | "simulator";
  readonly requested: RequestedSource;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  /** Where bars are appended to and resumed from; left open. */
  readonly bus: { readonly log: EventLog; readonly store: RecordStore };
  /** Minutes of history to fetch where the store has no bar. */
  readonly historyMinutes: number;
  readonly clock: Clock;
  readonly logger: Log;
}

/** Ingests one exchange: from its trades to bars in the event log. */
export class IngestRole {
  /** Rejects when ingestion cannot continue; never resolves. */
  readonly failure: Promise<never>;

  /** Assembles the role; nothing runs before {@linkcode start}. */
  constructor(options: IngestOptions);
  constructor(_options: IngestOptions) {
    this.failure = new Promise(() => {});
  }

  /** State of the feed. */
  get status(): FeedStatus {
    throw new Error("not built yet");
  }

  /**
   * Replaces the message in the status.
   *
   * @param notice For people, e.g. why the simulator runs; null for the state of the connection.
   */
  setNotice(_notice: string | null): void {}

  /** Resumes from the store, then connects. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends ingestion and closes the exchange. What is being appended may still complete. */
  close(): void {}
}
