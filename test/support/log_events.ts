import type { EventLog, LogEvent } from "../../service/bus/event_log.ts";
import type { EventFilter, RecordStore } from "../../service/bus/record_store.ts";

/** A filter that lets all records of some markets through, history included. */
export function everythingOf(...symbols: readonly string[]): EventFilter {
  return { kinds: new Set(["bar", "signal"]), symbols: new Set(symbols), since: 0 };
}

/** The events that a log has behind a position, page by page. */
export function eventsOf(
  log: Pick<EventLog, "start" | "end"> & Pick<RecordStore, "page">,
  { after = log.start, limit = 1000, filter = everythingOf("BTCUSDT", "ETHUSDT") } = {},
): LogEvent[] {
  const found: LogEvent[] = [];
  const until = log.end;
  for (let position = after; position !== until;) {
    const page = log.page({ after: position, until, limit }, filter);
    found.push(...page.events);
    position = page.position;
  }
  return found;
}
