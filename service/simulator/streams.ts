import { isSymbol } from "../../data/common/symbol.ts";

/** The most streams that one connection may carry. */
export const MAX_STREAMS = 1024;

/** Unit of the times in a connection's frames. */
export type TimeUnit = "MILLISECOND" | "MICROSECOND";

/** What a WebSocket client subscribed to by its URL. */
export interface Subscription {
  /** Stream names as the client wrote them, without repetition. */
  readonly streams: readonly string[];
  /** Frames are `{stream,data}` (`/stream`) and not the bare event (`/ws`). */
  readonly combined: boolean;
  readonly timeUnit: TimeUnit;
}

/** Why a WebSocket handshake fails. */
export interface Refusal {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Text of the answer. */
  readonly message: string;
  /** Header `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** Letters, digits and the other characters of Binance's stream names, e.g. `!ticker_1h@arr`. */
const STREAM = /^[\p{L}\p{N}!@_.\-+:]+$/u;

/** Without percent encoding; malformed encoding is left as it is. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function refuse(status: number, message: string): Refusal {
  return { status, message };
}

/**
 * Reads the target of a WebSocket handshake: `/ws/<stream>[/<stream>...]` or
 * `/stream?streams=<stream>[/<stream>...]`, both with `timeUnit=MILLISECOND|MICROSECOND`.
 *
 * @param target Path and query of the request line.
 */
export function parseTarget(target: string): Subscription | Refusal {
  const url = URL.parse(target, "ws://exchange");
  if (url === null) return refuse(400, `malformed target: ${target}`);
  const combined = url.pathname === "/stream" || url.pathname === "/stream/";
  if (!combined && !/^\/ws\/./.test(url.pathname)) {
    return refuse(404, `no such path: ${url.pathname}; allowed are /ws/<stream> and /stream`);
  }
  const list = combined
    ? url.searchParams.get("streams") ?? ""
    : decode(url.pathname.slice("/ws/".length));
  const names = list.split("/");
  const malformed = names.find((name) => !STREAM.test(name));
  if (malformed !== undefined) {
    return refuse(
      400,
      `a stream must be named like btcusdt@aggTrade: current value is "${malformed}"`,
    );
  }
  const streams = [...new Set(names)];
  if (streams.length > MAX_STREAMS) {
    return refuse(
      400,
      `at most ${MAX_STREAMS} streams a connection: current number is ${streams.length}`,
    );
  }
  const unit = url.searchParams.get("timeUnit")?.toUpperCase() ?? "MILLISECOND";
  if (unit !== "MILLISECOND" && unit !== "MICROSECOND") {
    return refuse(400, `timeUnit must be MILLISECOND or MICROSECOND: current value is "${unit}"`);
  }
  return { streams, combined, timeUnit: unit };
}

/**
 * The market whose aggregate trades a stream carries; undefined for other streams. Stream names are
 * in lower case.
 */
export function aggTradeSymbol(stream: string): string | undefined {
  const name = /^([^@]+)@aggTrade$/.exec(stream)?.[1];
  if (name === undefined || name !== name.toLowerCase()) return undefined;
  const symbol = name.toUpperCase();
  return isSymbol(symbol) ? symbol : undefined;
}
