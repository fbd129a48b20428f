import type { Simulator } from "../../../../service/simulator/simulator.ts";
import { parseFaults } from "../../../../service/simulator/faults/parse.ts";
import { recordedMarket } from "../../../../service/simulator/recorded/source.ts";
import { writeTrades } from "../history_files.ts";
import type { ManualTimers } from "../manual_timers.ts";
import { running } from "../running.ts";

/** 2024-05-01 00:00 UTC: time of the first of the made-up trades. */
export const START = Date.UTC(2024, 4, 1);

/** A recording of trades a second apart, with ids from 0, in a stand-in with faults. */
export async function faulty(
  spec: string,
  { count = 1000, speed = 1, log = (_line: string) => {} } = {},
): Promise<{ exchange: Simulator; timers: ManualTimers }> {
  const trades = Array.from({ length: count }, (_, i) => ({
    id: i,
    price: "61837.63000000",
    quantity: "0.02000000",
    time: START + i * 1000,
    buyerIsMaker: i % 2 === 0,
  }));
  const source = await recordedMarket({ trades: [writeTrades("BTCUSDT-x.csv", trades)] });
  // Tests move hours at once, in which no client could answer a ping.
  const limits = { pongTimeoutMs: Infinity, lifetimeMs: Infinity };
  return await running({ source, speed, limits, faults: parseFaults(spec), log });
}

/** Id of the trade that a frame tells; undefined when it is no trade as the exchange prints it. */
export function tradeId(frame: string): number | undefined {
  const trade =
    /^\{"e":"aggTrade","E":\d+,"s":"BTCUSDT","a":(\d+),"p":"61837\.63000000","q":"0\.02000000","f":\d+,"l":\d+,"T":(\d+),"m":(true|false),"M":true\}$/
      .exec(frame);
  return trade ? Number(trade[1]) : undefined;
}
