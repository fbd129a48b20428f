import type { Signal } from "../../../data/schema/signal.ts";
import type { Status, SymbolStatus } from "../../../data/schema/status.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import type { Link } from "../client/link.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount } from "../format/number.ts";
import { formatDate, formatMinute, formatSecond, type Zone, zoneName } from "../format/time.ts";

/** Content of the alarm strip: what the data on the page is, and whether it is of now. */
export interface Alarm {
  /** `live`: no problem; `wait`: nothing is broken, but nothing comes yet; `simulated` and
   * `recorded`: not the present market; `down`: broken. */
  readonly tone: "live" | "wait" | "simulated" | "recorded" | "down";
  readonly title: string;
  readonly message: string;
  /** Whether the newest price is the market's present one. */
  readonly current: boolean;
  /** What has to be said beside each price of a market that is not the real present one. */
  readonly mark: string;
}

/** What the alarm depends on. */
export interface AlarmFacts {
  readonly symbol: string;
  /** The market that was asked for and that the service does not have; null if there is none. */
  readonly unknown: string | null;
  readonly symbols: readonly string[];
  readonly link: Link;
  readonly status: Status | null;
  /** When the status arrived, ms UTC of this browser. */
  readonly statusAt: number;
  readonly signals: readonly Signal[];
  readonly nowcast: Signal | null;
  /** Since when the service has bars whose signals do not come, ms UTC of this browser. */
  readonly behindSince: number | null;
  readonly zone: Zone;
}

const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** Signals that are behind the bars for longer are late, ms: until then they may be on their way. */
const LATE_MS = 15_000;
/** A last trade older than this is mentioned, ms. */
const QUIET_MS = 5_000;

/** The most important fact about the page's data at `now`, ms UTC of this browser. */
export function alarmOf(facts: AlarmFacts, now: number): Alarm {
  const { unknown, symbols, link, status, zone } = facts;
  if (unknown !== null) {
    const count = symbols.length === 1 ? "one market" : `${formatCount(symbols.length)} markets`;
    return broken(`${unknown} is not watched here`, `This service watches ${count}. Choose one.`);
  }
  if (link.state === "lost") {
    return broken(
      "No connection to MicroStream",
      `No updates since ${second(link.since, zone)}: ${link.reason}. ` +
        (nextAttempt(link.retryAt, now) || "Reconnecting."),
    );
  }
  if (link.state === "silent") {
    const quiet = formatDuration((now - link.since) / 1000);
    return broken("MicroStream is silent", `Nothing has arrived for ${quiet}.`);
  }
  if (status === null) return waiting("Connecting", "Waiting for the service…");
  return broadAlarm(facts, status, now) ?? marketAlarm(facts, status, now) ??
    soundAlarm(facts, status, now);
}

/** When the next attempt to connect is due, as a sentence; empty if it is due now. */
function nextAttempt(time: number | null, now: number): string {
  const seconds = Math.ceil(((time ?? now) - now) / 1000);
  return seconds > 1 ? `Next attempt in ${formatDuration(seconds)}.` : "";
}

/** What concerns all markets: the way to the exchange, and the journal. */
function broadAlarm({ zone }: AlarmFacts, status: Status, now: number): Alarm | undefined {
  const { connection, message, storage, next_attempt: attempt } = status;
  const simulated = status.source === "simulator";
  if (connection === "disconnected" || connection === "silent") {
    const what = simulated ? "The simulated market" : "The exchange";
    const state = connection === "silent" ? "is silent" : "is unreachable";
    const next = nextAttempt(attempt, now);
    return broken(`${what} ${state}`, next === "" ? message : `${message}. ${next}`);
  }
  if (storage === null) return undefined;
  const records = storage.waiting === 1 ? "1 record waits" : `${storage.waiting} records wait`;
  return broken(
    "The journal cannot be written",
    `Since ${second(storage.since, zone)}: ${storage.reason}. ` +
      `${records} in memory and will follow; forming minutes go on.`,
  );
}

/** What concerns the shown market alone. */
function marketAlarm(facts: AlarmFacts, status: Status, now: number): Alarm | undefined {
  const { symbol, signals, zone } = facts;
  const market = shownMarket(facts, status);
  const simulated = status.source === "simulator" ? "Simulated data: " : "";
  switch (market?.market) {
    case "halted":
      return waiting(`Trading of ${symbol} is halted`, "The exchange says so; the feed is well.");
    case "delisted":
      return waiting(`${symbol} is delisted`, "The exchange no longer trades it.");
    case "unlisted":
      return waiting(`${symbol} is not listed`, "The exchange does not trade it, or not yet.");
  }
  const problem = market?.problem ?? null;
  if (problem !== null) return broken(`${simulated}${symbol} bars are delayed`, problem);
  const { loading = null, last_bar: lastBar = null } = market ?? {};
  if (loading !== null) return loadingAlarm(facts, status, loading, now);
  const last = signals.at(-1);
  const isLate = facts.behindSince !== null && now - facts.behindSince > LATE_MS;
  if (isLate && lastBar !== null && last !== undefined) {
    return broken(
      `${simulated}${symbol} regimes are delayed`,
      `The last one is of ${minute(last.timestamp, zone)}, the last bar of ${
        minute(lastBar, zone)
      }.`,
    );
  }
  return undefined;
}

/** What the data is, while its history is loaded: it may be days old, unless a minute forms. */
function loadingAlarm(
  facts: AlarmFacts,
  status: Status,
  { have, need }: NonNullable<SymbolStatus["loading"]>,
  now: number,
): Alarm {
  const sound = soundAlarm(facts, status, now);
  const isPresent = sound.mark === "";
  return {
    ...sound,
    tone: isPresent ? "wait" : sound.tone,
    title: isPresent ? "Loading history" : `${sound.title}: loading history`,
    message: `${formatCount(have)} of ${formatCount(need)} minutes of ${facts.symbol}; ` +
      status.message,
    current: facts.nowcast !== null,
  };
}

/** Data without a problem: of the present market, of a past one, or of a simulated one. */
function soundAlarm(facts: AlarmFacts, status: Status, now: number): Alarm {
  const { zone } = facts;
  const message = status.message + quietness(facts, status);
  if (status.source === "simulator") {
    const title = "SIMULATED DATA, not a real market";
    return { tone: "simulated", title, message, current: true, mark: "simulated" };
  }
  const time = marketTime(facts, status, now);
  if (time !== null && Math.abs(time - now) > DAY_MS) {
    const date = formatDate(time, zone);
    const title = time < now
      ? `Recorded market data of ${date}`
      : `Market data of ${date}, a day to come`;
    const clock = `By the exchange's clock it is ${date}, ${minute(time, zone)}`;
    const quiet = quietness(facts, status);
    return { tone: "recorded", title, message: clock + quiet, current: true, mark: date };
  }
  return status.connection === "live"
    ? { tone: "live", title: "Live market data", message, current: true, mark: "" }
    : waiting("Connecting to the exchange", message);
}

/** The market's own time, ms UTC: by the exchange's clock, else by its last trade; else null. */
function marketTime(facts: AlarmFacts, status: Status, now: number): number | null {
  const { clock_offset: offset } = status;
  return offset === null ? shownMarket(facts, status)?.last_trade_time ?? null : now + offset;
}

/** The age of the last trade, where it is no longer that of a busy market. */
function quietness(facts: AlarmFacts, status: Status): string {
  const time = shownMarket(facts, status)?.last_trade_time ?? null;
  if (time === null || status.clock_offset === null) return "";
  const age = facts.statusAt + status.clock_offset - time;
  return age > QUIET_MS ? `. No trade of ${facts.symbol} for ${formatDuration(age / 1000)}` : "";
}

function shownMarket({ symbol }: AlarmFacts, { symbols }: Status): SymbolStatus | undefined {
  return symbols.find((market) => market.symbol === symbol);
}

/** Most markets that the line of other markets names. */
const MOST_NAMED = 3;

/** Other markets than the shown one whose bars are delayed, in one line; empty if there are none. */
export function otherMarkets(symbol: string, status: Status | null): string {
  const delayed =
    status?.symbols.filter((market) => market.symbol !== symbol && market.problem !== null) ?? [];
  if (delayed.length === 0) return "";
  const names = delayed.slice(0, MOST_NAMED).map((market) => market.symbol).join(", ");
  const more = delayed.length - MOST_NAMED;
  return `Delayed: ${names}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

function broken(title: string, message: string): Alarm {
  return { tone: "down", title, message, current: false, mark: "" };
}

function waiting(title: string, message: string): Alarm {
  return { tone: "wait", title, message, current: false, mark: "" };
}

function second(time: number, zone: Zone): string {
  return `${formatSecond(time, zone)} ${zoneName(time, zone)}`;
}

function minute(time: number, zone: Zone): string {
  return `${formatMinute(time, zone)} ${zoneName(time, zone)}`;
}
