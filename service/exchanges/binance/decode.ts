import type { Frame } from "./decode/frame.ts";
import { decodeJson } from "./decode/json.ts";
import { scanAggTrade } from "./decode/scan.ts";

export { type Frame, type Rejection, REJECTIONS } from "./decode/frame.ts";

/** A byte order mark stays and is refused, as in any JSON text. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes one text frame of the exchange, raw or wrapped as `{stream,data}`. Never throws. The
 * usual frame is read from its bytes; anything else is left to `JSON.parse`, with the same verdict.
 *
 * @param data The frame as received; as bytes it need not have been checked to be UTF-8.
 */
export function decodeFrame(data: Uint8Array | string): Frame {
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
