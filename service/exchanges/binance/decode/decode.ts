import type { BinanceFrame } from "./frame.ts";
import { decodeJson } from "./json.ts";
import { scanAggTrade } from "./scan.ts";

/** A byte order mark stays and is refused, as in any JSON text. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes one text frame of the exchange, raw or wrapped as `{stream,data}`. Never throws. The
 * usual frame is read from its bytes; any other is left to `JSON.parse`, with the same verdict.
 *
 * @param data The frame as received; bytes need not have been checked to be UTF-8.
 */
export function decodeFrame(data: Uint8Array | string): BinanceFrame {
  if (typeof data === "string") return decodeJson(data);
  const trade = scanAggTrade(data);
  if (trade !== undefined) return { kind: "trade", trade };
  let text: string;
  try {
    text = utf8.decode(data);
  } catch {
    return { kind: "invalid", reason: "UTF-8" };
  }
  return decodeJson(text);
}
