import type { Trade } from "../../../../data/schema/trade.ts";
import { type BinanceFrame, isTimely, type Rejection, wholeMilliseconds } from "./frame.ts";

type Fields = Readonly<Record<string, unknown>>;

const OTHER: BinanceFrame = { kind: "other" };
const SHUTDOWN: BinanceFrame = { kind: "shutdown" };

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

function exchangeTime(value: unknown): number {
  return wholeMilliseconds(wholeNumber(value) ?? NaN);
}

/** The fields that both kinds of trade events share, or which of them is invalid. */
function decodeRest(
  event: Fields,
  id: number,
  firstTradeId: number,
  lastTradeId: number,
): Trade | Rejection {
  const price = positiveDecimal(event.p);
  const quantity = positiveDecimal(event.q);
  const time = exchangeTime(event.T);
  if (typeof event.s !== "string" || event.s === "") return "symbol";
  if (price === undefined) return "price";
  if (quantity === undefined) return "quantity";
  if (!isTimely(time, exchangeTime(event.E))) return "time";
  if (typeof event.m !== "boolean") return "maker flag";
  return {
    symbol: event.s,
    id,
    price,
    quantity,
    firstTradeId,
    lastTradeId,
    time,
    buyerIsMaker: event.m,
  };
}

/** Reads the fields `E,s,a,p,q,f,l,T,m` of an `aggTrade` event; `M` must be ignored. */
function decodeAggTrade(event: Fields): Trade | Rejection {
  const id = wholeNumber(event.a);
  const first = wholeNumber(event.f);
  const last = wholeNumber(event.l);
  if (id === undefined) return "aggregate trade id";
  if (first === undefined || last === undefined || last < first) return "trade ids";
  return decodeRest(event, id, first, last);
}

/** Reads the fields `E,s,t,p,q,T,m` of a `trade` event, which is an aggregate of one. */
function decodeTrade(event: Fields): Trade | Rejection {
  const id = wholeNumber(event.t);
  return id === undefined ? "trade id" : decodeRest(event, id, id, id);
}

function decodeEvent(event: Fields): Trade | Rejection | undefined {
  if (event.e === "aggTrade") return decodeAggTrade(event);
  return event.e === "trade" ? decodeTrade(event) : undefined;
}

/**
 * Decodes the text of a frame by `JSON.parse`. Never throws.
 *
 * @see https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 */
export function decodeJson(text: string): BinanceFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { kind: "invalid", reason: "JSON" };
  }
  if (!isFields(frame)) return { kind: "invalid", reason: "shape" };
  if (frame.stream === "!serverShutdown") return SHUTDOWN;
  const event = frame.data === undefined ? frame : frame.data;
  if (!isFields(event)) return { kind: "invalid", reason: "shape" };
  const decoded = decodeEvent(event);
  if (typeof decoded === "string") return { kind: "invalid", reason: decoded };
  if (decoded !== undefined) return { kind: "trade", trade: decoded };
  return event.e === "serverShutdown" ? SHUTDOWN : OTHER;
}
