import type { Trade } from "./trade.ts";

/** What a frame of the exchange turned out to be. */
export type Frame =
  | { readonly kind: "trade"; readonly trade: Trade }
  /** The exchange is about to close the connection. */
  | { readonly kind: "shutdown" }
  /** Well-formed and of no interest, e.g. another stream. */
  | { readonly kind: "other" }
  /** Not to be used; `reason` is short and the same for the same kind of fault. */
  | { readonly kind: "invalid"; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

const OTHER: Frame = { kind: "other" };
const SHUTDOWN: Frame = { kind: "shutdown" };

/** Times above this are microseconds (`timeUnit=MICROSECOND`). */
const MICROSECONDS_FROM = 1e14;
/** The exchange opened in 2017; a time outside of this century of its trading is none, ms UTC. */
const EARLIEST = Date.UTC(2017, 0, 1);
const LATEST = Date.UTC(2117, 0, 1);
/** A trade happens before its event is sent; clocks inside the exchange may differ by so much, ms. */
const LEAD_MS = 10_000;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Price and quantity arrive as plain decimal strings. */
function positiveDecimal(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return number > 0 && Number.isFinite(number) ? number : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Milliseconds UTC of a time in milliseconds or microseconds. */
function exchangeTime(value: unknown): number | undefined {
  const number = wholeNumber(value);
  if (number === undefined) return undefined;
  const time = number >= MICROSECONDS_FROM ? Math.floor(number / 1000) : number;
  return time >= EARLIEST && time < LATEST ? time : undefined;
}

function invalid(reason: string): Frame {
  return { kind: "invalid", reason };
}

/**
 * Reads the fields `E,s,a,p,q,f,l,T,m` of an `aggTrade` event; `M` is to be ignored.
 *
 * @see https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 */
function decodeAggTrade(event: Fields): Frame {
  const id = wholeNumber(event.a);
  const price = positiveDecimal(event.p);
  const quantity = positiveDecimal(event.q);
  const firstTradeId = wholeNumber(event.f);
  const lastTradeId = wholeNumber(event.l);
  const sent = exchangeTime(event.E);
  const time = exchangeTime(event.T);
  if (typeof event.s !== "string" || event.s === "") return invalid("symbol");
  if (id === undefined) return invalid("aggregate trade id");
  if (price === undefined) return invalid("price");
  if (quantity === undefined) return invalid("quantity");
  if (firstTradeId === undefined || lastTradeId === undefined || lastTradeId < firstTradeId) {
    return invalid("trade ids");
  }
  if (sent === undefined || time === undefined || time > sent + LEAD_MS) return invalid("time");
  if (typeof event.m !== "boolean") return invalid("maker flag");
  return {
    kind: "trade",
    trade: {
      symbol: event.s,
      id,
      price,
      quantity,
      firstTradeId,
      lastTradeId,
      time,
      buyerIsMaker: event.m,
    },
  };
}

/**
 * Decodes one text frame of the exchange, raw or wrapped as `{stream,data}`. Pure; never throws.
 *
 * @param text The frame as received.
 */
export function decodeFrame(text: string): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return invalid("JSON");
  }
  if (!isFields(frame)) return invalid("shape");
  if (frame.stream === "!serverShutdown") return SHUTDOWN;
  const event = frame.data === undefined ? frame : frame.data;
  if (!isFields(event)) return invalid("shape");
  if (event.e === "aggTrade") return decodeAggTrade(event);
  return event.e === "serverShutdown" ? SHUTDOWN : OTHER;
}
