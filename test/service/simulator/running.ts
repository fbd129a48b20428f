import { onTestFinished } from "vitest";
import {
  type Exchange,
  type ExchangeOptions,
  startExchange,
} from "../../../service/simulator/simulator.ts";
import { ManualTimers } from "./manual_timers.ts";

/** A stand-in on a free port whose time the test moves; it ends with the test. */
export async function running(
  options: ExchangeOptions,
): Promise<{ exchange: Exchange; timers: ManualTimers }> {
  const timers = new ManualTimers();
  const exchange = await startExchange({ timers, ...options });
  onTestFinished(() => exchange.close());
  return { exchange, timers };
}

/** Asks the stand-in over HTTP. */
export async function get(
  exchange: Exchange,
  target: string,
): Promise<{ status: number; weight: string | null; body: unknown }> {
  const response = await fetch(exchange.url + target);
  const weight = response.headers.get("x-mbx-used-weight-1m");
  return { status: response.status, weight, body: await response.json() };
}
