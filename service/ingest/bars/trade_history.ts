import type { Trade } from "../../../data/schema/trade.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import { MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import { BarBuilder, emptyBar } from "./bar_builder.ts";
import { withVpin } from "./microstructure/microstructure.ts";
import { Vpin } from "./microstructure/vpin.ts";

/** After a day without a trade the market was closed or a time is wrong: no empty bars are made. */
const MAX_LULL_MS = 24 * 60 * MINUTE_MS;

/**
 * Folds recorded trades of one symbol into bars. The first and the last minute, which may be
 * partial, and minutes at a gap in the raw trade ids are `incomplete`; minutes between trades
 * without a gap are `empty`.
 *
 * @param trades In the order of their raw trade ids, which is that of time; each once.
 */
export async function* barsOfTrades(
  trades: AsyncIterable<readonly Trade[]>,
  source: BarSource,
): AsyncGenerator<Bar[]> {
  const vpin = new Vpin();
  const measured = (bars: readonly Bar[]) =>
    bars.map((bar) => {
      vpin.push(bar);
      return withVpin(bar, vpin.value);
    });
  let lastTradeId = NaN;
  let forming: BarBuilder | undefined;
  let complete = false;
  for await (const chunk of trades) {
    const bars: Bar[] = [];
    for (const trade of chunk) {
      const follows = trade.firstTradeId === lastTradeId + 1;
      lastTradeId = trade.lastTradeId;
      const minute = minuteOf(trade.time);
      const unbroken = follows &&
        (forming === undefined || minute - forming.timestamp <= MAX_LULL_MS);
      complete &&= unbroken;
      if (forming !== undefined && minute > forming.timestamp) {
        const bar = forming.build(complete ? "trades" : "incomplete");
        bars.push(bar);
        for (let t = bar.timestamp + MINUTE_MS; unbroken && t < minute; t += MINUTE_MS) {
          bars.push(emptyBar(bar.symbol, source, t, bar.close));
        }
        complete = unbroken;
        forming = undefined;
      }
      forming ??= new BarBuilder(trade.symbol, source, minute);
      forming.add(trade);
    }
    if (bars.length > 0) yield measured(bars);
  }
  if (forming !== undefined) yield measured([forming.build("incomplete")]);
}
