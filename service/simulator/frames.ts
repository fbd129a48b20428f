import type { ExchangeTrade } from "./source.ts";
import type { TimeUnit } from "./streams.ts";

/** The form in which a client gets its frames. */
export interface FrameStyle {
  readonly combined: boolean;
  readonly timeUnit: TimeUnit;
}

/** Microseconds are appended as text: a time in them leaves the range of exact integers in 2255. */
function time(ms: number, unit: TimeUnit): string {
  return unit === "MICROSECOND" ? `${ms}000` : `${ms}`;
}

/** Wraps an event for a combined stream. */
function wrap(stream: string, event: string, combined: boolean): string {
  return combined ? `{"stream":"${stream}","data":${event}}` : event;
}

/**
 * Writes an aggregate trade as the frame of stream `<symbol>@aggTrade`, byte for byte in
 * Binance's order of fields.
 *
 * @param eventTime Exchange time of sending, ms UTC.
 */
export function aggTradeFrame(
  symbol: string,
  trade: ExchangeTrade,
  eventTime: number,
  { combined, timeUnit }: FrameStyle,
): string {
  const event = `{"e":"aggTrade","E":${time(eventTime, timeUnit)},"s":"${symbol}",` +
    `"a":${trade.id},"p":"${trade.price}","q":"${trade.quantity}",` +
    `"f":${trade.firstTradeId},"l":${trade.lastTradeId},"T":${time(trade.time, timeUnit)},` +
    `"m":${trade.buyerIsMaker},"M":true}`;
  return wrap(`${symbol.toLowerCase()}@aggTrade`, event, combined);
}

/**
 * Writes the notice that the server will shut down and close the connection. It belongs to no
 * subscription.
 *
 * @param eventTime Exchange time of sending, ms UTC.
 */
export function serverShutdownFrame(
  eventTime: number,
  { combined, timeUnit }: FrameStyle,
): string {
  const event = `{"e":"serverShutdown","E":${time(Math.floor(eventTime), timeUnit)}}`;
  return wrap("!serverShutdown", event, combined);
}
