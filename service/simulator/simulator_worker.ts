/**
 * The embedded exchange, in a thread of its own: to work a market's past out takes milliseconds a
 * day of it, and the thread that serves waits for nothing.
 *
 * @module
 */
import { errorMessage } from "../../data/common/errors.ts";
import type { WorkerChannel } from "../../data/common/worker.ts";
import { simulatedMarket } from "./simulated/source.ts";
import { startSimulator } from "./simulator.ts";

/** What the worker is asked for: to start an exchange. It ends with its thread. */
export interface EmbeddedExchange {
  readonly seed: number;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  /** Exchange milliseconds per real millisecond, > 0. */
  readonly speed: number;
  /** Exchange time at which its clock starts, ms UTC. */
  readonly start: number;
}

/** The answer: the base URLs of streams and REST, once it listens. */
export type EmbeddedExchangeReply =
  | { readonly wsUrl: string; readonly restUrl: string }
  | { readonly failure: string };

declare const self: WorkerChannel<EmbeddedExchange, EmbeddedExchangeReply>;

async function start(options: EmbeddedExchange): Promise<EmbeddedExchangeReply> {
  const { seed, symbols, speed, start } = options;
  try {
    const source = simulatedMarket({ seed, symbols });
    // The present of all markets, before anyone waits for it.
    for (const { symbol } of source.instruments) source.market(symbol)?.seek(start);
    const { wsUrl, url: restUrl } = await startSimulator({
      ...{ source, speed },
      start: Math.max(start, Date.now()),
    });
    return { wsUrl, restUrl };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

self.addEventListener("message", async ({ data }) => {
  self.postMessage(await start(data));
});
