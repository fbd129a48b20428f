import { decodeFrame } from "../../service/exchanges/binance/decode/decode.ts";
import type { Trade } from "../../data/schema/trade.ts";
import { makeFrames } from "./frames.ts";
import { tradeIn } from "./oracle.ts";

/** The result of a run. */
export interface FuzzReport {
  readonly frames: number;
  /** Number of frames by verdict: trades, other, shutdown, and rejections by kind. */
  readonly verdicts: Readonly<Record<string, number>>;
}

function same(a: Trade | undefined, b: Trade | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.symbol === b.symbol && a.id === b.id && a.price === b.price &&
    a.quantity === b.quantity && a.firstTradeId === b.firstTradeId &&
    a.lastTradeId === b.lastTradeId && a.time === b.time && a.buyerIsMaker === b.buyerIsMaker;
}

/**
 * Decodes generated frames and compares each verdict with the oracle's.
 *
 * @param real Frames of the exchange to mutate besides generated ones.
 * @throws Error with the frame when the decoder finds a trade that is not there or misses one;
 *   everything that the decoder throws.
 */
export function fuzzDecoder(
  count: number,
  seed: number,
  real: readonly Uint8Array[] = [],
): FuzzReport {
  const verdicts: Record<string, number> = {};
  let frames = 0;
  for (const bytes of makeFrames(seed, real)) {
    if (frames++ === count) break;
    const frame = decodeFrame(bytes);
    const found = frame.kind === "trade" ? frame.trade : undefined;
    if (!same(found, tradeIn(bytes))) {
      const text = new TextDecoder().decode(bytes);
      throw new Error(
        `frame ${frames} of seed ${seed} was decoded wrongly: ${JSON.stringify(text)}`,
      );
    }
    const verdict = frame.kind === "invalid" ? `invalid: ${frame.reason}` : frame.kind;
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  return { frames: count, verdicts };
}
