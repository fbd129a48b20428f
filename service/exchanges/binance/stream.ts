import type { StreamProtocol } from "../exchange.ts";
import { decodeFrame } from "./decode/decode.ts";
import { refusalOfStatus } from "./refusal.ts";

/**
 * Binance's combined streams (web-socket-streams.md): `/stream?streams=<symbol>@aggTrade/...` with
 * symbols in lower case; the frames are `{stream,data}`.
 *
 * @param origin Origin of the WebSocket, without a path.
 */
export function combinedStream(origin: string): StreamProtocol {
  return {
    origin,
    url: (symbols) => {
      const streams = symbols.map((symbol) => `${symbol.toLowerCase()}@aggTrade`);
      return `${origin}/stream?streams=${streams.join("/")}`;
    },
    decode: decodeFrame,
    refusal: refusalOfStatus,
  };
}
