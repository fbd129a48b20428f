import type { BarQuality } from "../../../data/schema/origin.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import {
  COUNTER_NAMES,
  type CounterName,
  type Status,
  type SymbolStatus,
} from "../../../data/schema/status.ts";
import type { Link } from "../client/link.ts";
import { formatAge, formatDuration } from "../format/duration.ts";
import { formatCount, formatSigned } from "../format/number.ts";
import { formatMinute, type Zone } from "../format/time.ts";
import { titleOf } from "./features.ts";

/** One line of the data's health. */
export interface HealthFact {
  readonly name: string;
  readonly value: string;
  readonly warn: boolean;
}

/** The last status. */
export interface ReceivedStatus {
  readonly status: Status | null;
  /** When it arrived, ms UTC of this browser. */
  readonly at: number;
}

const SOURCES: Readonly<Record<string, string>> = { binance: "Binance", simulator: "Simulator" };

const LINKS: Readonly<Record<Link["state"], string>> = {
  connecting: "connecting",
  open: "connected",
  silent: "silent",
  lost: "lost",
};

const QUALITIES: Readonly<Record<BarQuality, string>> = {
  trades: "from trades",
  repaired: "repaired",
  kline: "from kline",
  empty: "no trades",
  incomplete: "incomplete",
};

/** Counters that have their own lines, or that people need not see. */
const OTHER_COUNTERS: ReadonlySet<CounterName> = new Set<CounterName>([
  ...["gaps", "missing_trades", "repaired_trades", "audited_bars", "mismatched_bars"] as const,
  ...["duplicates", "late", "trades", "held", "overlapped"] as const,
]);
const FURTHER_COUNTERS = COUNTER_NAMES.filter((name) => !OTHER_COUNTERS.has(name));

/** The quality of a bar as a label. */
export function qualityLabel(quality: BarQuality): string {
  return QUALITIES[quality];
}

/** A status this old is overdue: one is sent every five seconds. */
const STATUS_DUE_MS = 8_000;
/** A last trade older than this is a warning: the market never closes. */
const OLD_TRADE_MS = 60_000;
/** A clock offset above this is a warning: trades of a minute seem to belong to another. */
const CLOCK_OFF_MS = 2_000;

/** The health of the data: always the same lines in the same order. */
export function healthOf(
  received: ReceivedStatus,
  symbol: string,
  link: Link,
  last: Signal | undefined,
  now: number,
  zone: Zone,
): readonly HealthFact[] {
  const { status } = received;
  const market = status?.symbols.find((each) => each.symbol === symbol);
  return [
    {
      name: "Source",
      value: status === null ? "–" : SOURCES[status.source] ?? status.source,
      warn: status?.source === "simulator",
    },
    connectionFact(status, link, now),
    lastTradeFact(received, market, now),
    {
      name: "Last bar",
      value: last === undefined
        ? "–"
        : `${formatMinute(last.timestamp, zone)}, ${qualityLabel(last.quality)}`,
      warn: last?.quality === "incomplete",
    },
    {
      name: "Gaps in trade ids",
      value: market === undefined
        ? "–"
        : market.gaps === 0
        ? "none"
        : `${formatCount(market.gaps)}, ${formatCount(market.missing_trades)} trades lost`,
      warn: (market?.missing_trades ?? 0) > 0,
    },
    {
      name: "Trades repaired",
      value: market === undefined ? "–" : formatCount(market.repaired_trades),
      warn: false,
    },
    {
      name: "Mismatched bars",
      value: market === undefined
        ? "–"
        : `${formatCount(market.mismatched_bars)} of ${formatCount(market.audited_bars)} audited`,
      warn: (market?.mismatched_bars ?? 0) > 0,
    },
    {
      name: "Duplicate, late",
      value: market === undefined
        ? "–"
        : `${formatCount(market.duplicates)}, ${formatCount(market.late)}`,
      warn: false,
    },
    ...FURTHER_COUNTERS.map((name) => ({
      name: titleOf(name),
      value: market === undefined ? "–" : formatCount(market[name]),
      warn: false,
    })),
    {
      name: "Invalid frames",
      value: status === null ? "–" : formatCount(status.invalid_frames),
      warn: (status?.invalid_frames ?? 0) > 0,
    },
    {
      name: "Disconnects",
      value: status === null ? "–" : formatCount(status.disconnects),
      warn: false,
    },
    clockFact(status),
    journalFact(status),
    {
      name: "This page",
      value: symbol === "" ? "–" : LINKS[link.state],
      warn: link.state === "lost" || link.state === "silent",
    },
  ];
}

function connectionFact(status: Status | null, link: Link, now: number): HealthFact {
  const name = "Connection";
  if (link.state === "lost" || link.state === "silent") {
    return { name, value: "unknown", warn: true };
  }
  if (status === null) return { name, value: "–", warn: false };
  const since = formatDuration((now - status.since) / 1000);
  const value = `${status.connection} for ${since}`;
  return { name, value, warn: status.connection !== "live" };
}

function lastTradeFact(
  { status, at }: ReceivedStatus,
  market: SymbolStatus | undefined,
  now: number,
): HealthFact {
  const name = "Last trade";
  const time = market?.last_trade_time ?? null;
  if (status === null || time === null) return { name, value: "–", warn: false };
  // Trades between two statuses are unknown here: the age is frozen until a status is overdue.
  const asOf = now - at > STATUS_DUE_MS ? now : at;
  const age = asOf + (status.clock_offset ?? 0) - time;
  return { name, value: `${formatAge(age)} ago`, warn: age > OLD_TRADE_MS };
}

function journalFact(status: Status | null): HealthFact {
  const name = "Journal";
  if (status === null) return { name, value: "–", warn: false };
  const { storage, damage } = status;
  if (storage !== null) return { name, value: "cannot be written", warn: true };
  return damage === null
    ? { name, value: "sound", warn: false }
    : { name, value: damage.message, warn: true };
}

function clockFact(status: Status | null): HealthFact {
  const name = "Clock offset";
  const offset = status?.clock_offset ?? null;
  if (offset === null) return { name, value: "–", warn: false };
  // A simulated market has its own clock, which may run faster.
  const warn = status?.source !== "simulator" && Math.abs(offset) > CLOCK_OFF_MS;
  const sign = offset < 0 ? "−" : "+";
  const value = Math.abs(offset) < 10_000
    ? `${formatSigned(offset, 0)} ms`
    : `${sign}${formatDuration(Math.abs(offset) / 1000)}`;
  return { name, value, warn };
}
