import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_COLUMNS } from "../../../data/schema/sound.ts";
import type { Log } from "../../log.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { compareVolumes } from "./volumes.ts";

/** What an audit needs of the rest of the service. */
export interface BarAuditOptions {
  /** The exchange's klines, `from` inclusive to `to` exclusive, ms UTC. May fail; is asked again. */
  readonly klines: (symbol: string, from: number, to: number) => Promise<readonly Kline[]>;
  /** Estimated time at the exchange, ms UTC. */
  readonly now: () => number;
  readonly log: Log;
  /** Aborted when the service ends. */
  readonly closing: AbortSignal;
}

/** What the audit of one symbol has found since the start. */
export interface AuditCounts {
  /** Bars compared with the exchange's kline. */
  audited: number;
  /** Those of them that differed. */
  mismatches: number;
}

/** Klines are final a moment after their minute, ms. */
const SETTLED_MS = 10_000;
/** A kline that is not there after so long is not waited for any more, ms. */
const PATIENCE_MS = 60 * MINUTE_MS;
/** As many as one request brings; older bars are let go where the exchange does not answer. */
const MOST_WAITING = 1000;

/**
 * The fields in which a bar is not the exchange's kline; columns that either lacks are passed over.
 */
export function differences(bar: Bar, kline: Kline): readonly string[] {
  return MINUTE_COLUMNS.filter((field) => {
    const [ours, theirs] = [bar[field], kline[field]];
    return ours !== undefined && theirs !== undefined && ours !== theirs;
  });
}

/**
 * Compares every bar that was made of trades with the exchange's own kline, some time after it is
 * published. It changes nothing: it proves, or it tells.
 */
export class BarAudit {
  readonly #options: BarAuditOptions;
  readonly #waiting = new Map<string, Bar[]>();
  readonly #counts = new Map<string, AuditCounts>();
  #running = false;

  constructor(options: BarAuditOptions) {
    this.#options = options;
  }

  /** What was found of a symbol. */
  counts(symbol: string): AuditCounts {
    const known = this.#counts.get(symbol);
    if (known !== undefined) return known;
    const counts = { audited: 0, mismatches: 0 };
    this.#counts.set(symbol, counts);
    return counts;
  }

  /** Takes published bars of one symbol; those taken from klines need no proof. */
  add(bars: readonly Bar[]): void {
    for (const bar of bars) {
      if (bar.quality === "kline") continue;
      const waiting = this.#waiting.get(bar.symbol) ?? [];
      if (waiting.length >= MOST_WAITING) waiting.shift();
      waiting.push(bar);
      this.#waiting.set(bar.symbol, waiting);
    }
  }

  /** Audits what is due, one request a symbol; does nothing while an earlier round goes on. */
  async round(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (const symbol of this.#waiting.keys()) {
        if (this.#options.closing.aborted) return;
        await this.#auditSymbol(symbol);
      }
    } finally {
      this.#running = false;
    }
  }

  async #auditSymbol(symbol: string): Promise<void> {
    const { klines, now, log, closing } = this.#options;
    const due = (this.#waiting.get(symbol) ?? [])
      .filter(({ timestamp }) => timestamp + MINUTE_MS + SETTLED_MS <= now());
    const [first, last] = [due[0], due.at(-1)];
    if (first === undefined || last === undefined) return;
    let found: readonly Kline[];
    try {
      found = await klines(symbol, first.timestamp, last.timestamp + MINUTE_MS);
    } catch (error) {
      if (closing.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      log.debug("cannot audit bars; trying again", { symbol, why });
      return;
    }
    const byTime = new Map(found.map((kline) => [kline.open_time, kline]));
    const done = new Set(due.filter((bar) => this.#compare(bar, byTime.get(bar.timestamp))));
    this.#waiting.set(
      symbol,
      (this.#waiting.get(symbol) ?? []).filter((bar) => !done.has(bar)),
    );
  }

  /** Whether the bar is done with. */
  #compare(bar: Bar, kline: Kline | undefined): boolean {
    const { log, now } = this.#options;
    // The exchange's history may lag: a kline without the bar's last trades is asked for again.
    const lags = kline === undefined || compareVolumes(kline.volume, bar.volume) < 0;
    if (lags && bar.timestamp + PATIENCE_MS >= now()) return false;
    if (kline === undefined) return true;
    const counts = this.counts(bar.symbol);
    const fields = differences(bar, kline);
    counts.audited++;
    if (fields.length > 0) {
      counts.mismatches++;
      log.warning("a bar differs from the exchange's kline", {
        symbol: bar.symbol,
        fields: fields.join(","),
        bar: JSON.stringify(bar),
        kline: JSON.stringify(kline),
      });
    }
    return true;
  }
}
