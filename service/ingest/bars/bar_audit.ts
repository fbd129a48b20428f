import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_COLUMNS } from "../../../data/schema/sound.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { errorMessage } from "../../../data/common/errors.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { IngestContext } from "../context.ts";
import { compareVolumes } from "./volumes.ts";

/** The results of auditing one symbol, since the start. */
export interface AuditCounts {
  /** Bars compared with the exchange's kline. */
  audited: number;
  /** Those of them that differed. */
  mismatches: number;
}

/** Klines are final a moment after their minute, ms. */
const SETTLED_MS = 10_000;
/** A kline that is missing after this time is not waited for any longer, ms. */
const PATIENCE_MS = 60 * MINUTE_MS;
/** One page of klines; while the exchange does not answer, older bars are dropped unaudited. */
const MAX_PENDING = 1000;

/** The fields in which a bar differs from the exchange's kline; those that either lacks are equal. */
export function differences(bar: Bar, kline: Kline): readonly string[] {
  return MINUTE_COLUMNS.filter((field) => {
    const [ours, theirs] = [bar[field], kline[field]];
    return ours !== undefined && theirs !== undefined && ours !== theirs;
  });
}

/**
 * Compares every bar that was built from trades with the exchange's own kline, some time after it
 * is published. It changes nothing; it counts and reports differences.
 */
export class BarAudit {
  readonly #context: IngestContext;
  readonly #pending = new Map<string, Bar[]>();
  readonly #counts = new Map<string, AuditCounts>();

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** The results for a symbol. */
  counts(symbol: string): AuditCounts {
    const known = this.#counts.get(symbol);
    if (known !== undefined) return known;
    const counts = { audited: 0, mismatches: 0 };
    this.#counts.set(symbol, counts);
    return counts;
  }

  /** Takes published bars of one symbol; those taken from klines need no audit. */
  add(bars: readonly Bar[]): void {
    for (const bar of bars) {
      if (bar.quality === "kline") continue;
      const pending = this.#pending.get(bar.symbol) ?? [];
      if (pending.length >= MAX_PENDING) pending.shift();
      pending.push(bar);
      this.#pending.set(bar.symbol, pending);
    }
  }

  /** Audits what is due, one request a symbol. One round at a time. */
  async round(): Promise<void> {
    for (const symbol of this.#pending.keys()) await this.#auditSymbol(symbol);
  }

  async #auditSymbol(symbol: string): Promise<void> {
    const { exchange, clock, logger, signal } = this.#context;
    signal.throwIfAborted();
    const due = (this.#pending.get(symbol) ?? [])
      .filter(({ timestamp }) => timestamp + MINUTE_MS + SETTLED_MS <= clock.now());
    const [first, last] = [due[0], due.at(-1)];
    if (first === undefined || last === undefined) return;
    let klines: readonly Kline[];
    try {
      klines = await exchange.rest.klines(
        symbol,
        first.timestamp,
        last.timestamp + MINUTE_MS,
        "audit",
      );
    } catch (error) {
      signal.throwIfAborted();
      logger.debug("cannot audit bars; retrying", { symbol, why: errorMessage(error) });
      return;
    }
    const byTime = new Map(klines.map((kline) => [kline.open_time, kline]));
    const done = new Set(due.filter((bar) => this.#compare(bar, byTime.get(bar.timestamp))));
    this.#pending.set(
      symbol,
      (this.#pending.get(symbol) ?? []).filter((bar) => !done.has(bar)),
    );
  }

  /** Whether the audit of a bar is over. */
  #compare(bar: Bar, kline: Kline | undefined): boolean {
    const { clock, logger } = this.#context;
    // The exchange's history may lag: a kline without the bar's last trades is fetched again.
    const lags = kline === undefined || compareVolumes(kline.volume, bar.volume) < 0;
    if (lags && bar.timestamp + PATIENCE_MS >= clock.now()) return false;
    if (kline === undefined) return true;
    const counts = this.counts(bar.symbol);
    const fields = differences(bar, kline);
    counts.audited++;
    if (fields.length > 0) {
      counts.mismatches++;
      logger.warning("a bar differs from the exchange's kline", {
        symbol: bar.symbol,
        fields: fields.join(","),
        bar: JSON.stringify(bar),
        kline: JSON.stringify(kline),
      });
    }
    return true;
  }
}
