import { onTestFinished } from "vitest";
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../../service/simulator/simulator.ts";
import { ManualTimers } from "./manual_timers.ts";

/** A stand-in on a free port whose time the test moves; it ends with the test. */
export async function running(
  options: SimulatorOptions,
): Promise<{ exchange: Simulator; timers: ManualTimers }> {
  const timers = new ManualTimers();
  const exchange = await startSimulator({ timers, ...options });
  onTestFinished(() => exchange.close());
  return { exchange, timers };
}

/** Asks the stand-in over HTTP. */
export async function get(
  exchange: Simulator,
  target: string,
): Promise<{ status: number; weight: string | null; body: unknown }> {
  const response = await fetch(exchange.url + target);
  const weight = response.headers.get("x-mbx-used-weight-1m");
  return { status: response.status, weight, body: await response.json() };
}
