import type { Clock } from "../../data/common/clock.ts";
import { errorMessage } from "../../data/common/errors.ts";
import type { Exchange } from "../exchanges/exchange.ts";
import { withTimeout } from "../exchanges/timeout.ts";

/** The source that `SOURCE` asks for. */
export type RequestedSource = "auto" | "binance" | "simulator";

/** The source to run now. */
export type SourceChoice =
  | { readonly name: "binance" }
  /** `reason`: why Binance cannot be reached; null when the simulator was asked for. */
  | { readonly name: "simulator"; readonly reason: string | null };

/** What a selection depends on. */
export interface SourceSelectorOptions {
  readonly requested: RequestedSource;
  /** The exchange that `auto` prefers. */
  readonly exchange: Pick<Exchange, "probe">;
  readonly clock: Clock;
  /** Ends the selection. */
  readonly signal: AbortSignal;
}

/** The contract: the time within which Binance must answer before `SOURCE=auto` falls back, ms. */
const PROBE_MS = 5000;
/** Time between attempts to leave the simulator, ms. */
const RETRY_MS = 10_000;

/**
 * Decides which source to run. The last choice is final; until then, `auto` runs the simulator and
 * probes Binance every 10 s. The simulator is chosen again where only the reason has changed.
 *
 * @throws The signal's reason when that aborts.
 */
export async function* selectSource(
  { requested, exchange, clock, signal }: SourceSelectorOptions,
): AsyncGenerator<SourceChoice, void, void> {
  if (requested === "simulator") return yield { name: "simulator", reason: null };
  if (requested === "binance") return yield { name: "binance" };
  let shown: string | undefined;
  for (;;) {
    const reason = await probe(exchange, clock, signal);
    if (reason === undefined) return yield { name: "binance" };
    if (reason !== shown) yield { name: "simulator", reason };
    shown = reason;
    await clock.sleep(RETRY_MS, signal);
  }
}

/** Why an exchange cannot be reached; undefined when it can. */
async function probe(
  exchange: Pick<Exchange, "probe">,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await withTimeout(clock, PROBE_MS, signal, (end) => exchange.probe(end));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return errorMessage(error);
  }
}

/** What the status says while the simulator runs; null while Binance does. */
export function describeChoice(choice: SourceChoice, seed: number): string | null {
  if (choice.name === "binance") return null;
  return choice.reason === null
    ? `Simulated market, seed ${seed}, set by SOURCE=simulator`
    : `Simulated market: Binance cannot be reached (${choice.reason}); retrying every ` +
      `${RETRY_MS / 1000} s`;
}
