import type { Trade } from "../../data/schema/trade.ts";

/**
 * The expected verdict on a frame, independent of the decoder's code: by `JSON.parse` and the
 * exchange's written rules.
 *
 * @returns The trade in the bytes; undefined when there is none.
 */
export function tradeIn(bytes: Uint8Array): Trade | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const outer = fieldsOf(frame);
  if (outer === undefined || outer.get("stream") === "!serverShutdown") return undefined;
  const event = outer.get("data") === undefined ? outer : fieldsOf(outer.get("data"));
  const aggregate = event?.get("e") === "aggTrade";
  if (event === undefined || !(aggregate || event.get("e") === "trade")) return undefined;
  const trade = {
    symbol: String(event.get("s")),
    id: Number(event.get(aggregate ? "a" : "t")),
    price: Number(event.get("p")),
    quantity: Number(event.get("q")),
    firstTradeId: Number(event.get(aggregate ? "f" : "t")),
    lastTradeId: Number(event.get(aggregate ? "l" : "t")),
    time: milliseconds(Number(event.get("T"))),
    buyerIsMaker: event.get("m") === true,
  };
  const sent = milliseconds(Number(event.get("E")));
  const rules = [
    typeof event.get("s") === "string" && trade.symbol.length > 0,
    ["p", "q"].every((key) => isPlainDecimal(event.get(key))),
    (aggregate ? ["a", "f", "l"] : ["t"]).concat("E", "T").every((key) => isCount(event.get(key))),
    typeof event.get("m") === "boolean",
    trade.price > 0 && trade.price < Infinity && trade.quantity > 0 && trade.quantity < Infinity,
    trade.lastTradeId >= trade.firstTradeId,
    [trade.time, sent].every((time) =>
      time >= Date.parse("2017-01-01") && time < Date.parse("2117-01-01")
    ),
    trade.time - sent <= 10_000,
  ];
  return rules.every(Boolean) ? trade : undefined;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function milliseconds(time: number): number {
  return time < 100_000_000_000_000 ? time : Math.floor(time / 1000);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPlainDecimal(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const parts = value.split(".");
  return parts.length <= 2 &&
    parts.every((part) => part.length > 0 && [...part].every((c) => c >= "0" && c <= "9"));
}
