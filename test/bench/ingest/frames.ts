import { aggTradeFrame } from "../../../service/simulator/frames.ts";
import { Random } from "../../fuzz/random.ts";

const START = Date.UTC(2024, 4, 1);
const STYLE = { combined: true, timeUnit: "MILLISECOND" } as const;

/** Names of a number of markets; only the first is real. */
export function symbolNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => i === 0 ? "BTCUSDT" : `COIN${i}USDT`);
}

/**
 * The frames of a stream of trades of several markets in turn, with contiguous ids, in the
 * exchange's form.
 *
 * @param tradesPerMinute Trades of all markets per minute of their own times.
 */
export function* tradeFrames(
  count: number,
  symbols: readonly string[],
  tradesPerMinute: number,
): Generator<string> {
  const random = new Random(1);
  const prices = symbols.map(() => 6_183_763);
  for (let i = 0; i < count; i++) {
    const place = i % symbols.length;
    const id = 3_000_000_000 + Math.floor(i / symbols.length);
    const price = (prices[place] ?? NaN) + random.below(3) * 10 - 10;
    prices[place] = price;
    const time = START + Math.floor(i * 60_000 / tradesPerMinute);
    const trade = {
      id,
      price: (price / 100).toFixed(8),
      quantity: ((1 + random.below(100_000)) / 1e5).toFixed(8),
      ...{ firstTradeId: id * 2, lastTradeId: id * 2 + 1, time },
      buyerIsMaker: random.below(2) === 0,
    };
    yield aggTradeFrame(symbols[place] ?? "", trade, time + 1, STYLE);
  }
}

/** A server's WebSocket frame with a text: unmasked, not fragmented (RFC 6455, 5.2). */
export function webSocketFrame(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const { length } = payload;
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  const frame = new Uint8Array(head.length + length);
  frame.set(head);
  frame.set(payload, head.length);
  return frame;
}
