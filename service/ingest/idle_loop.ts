import type { Clock } from "../../data/common/clock.ts";

/** A sleep of this long, ms... */
const PROBE_MS = 10;
/** ...that ends this much late shows a loop with other work to do, ms. */
const BUSY_MS = 15;
/** Work that can wait does not wait longer for one, ms: it must get on under constant load. */
const PATIENCE_MS = 200;

/**
 * Waits until the event loop has nothing better to do, within a bound: for work in bulk, which
 * would make trades, nowcasts and requests wait.
 *
 * @param signal Ends the wait.
 */
export async function idleLoop(
  clock: Pick<Clock, "monotonic" | "sleep">,
  signal: AbortSignal,
): Promise<void> {
  const begun = clock.monotonic();
  for (let probed = begun;;) {
    await clock.sleep(PROBE_MS, signal);
    const now = clock.monotonic();
    if (now - probed < PROBE_MS + BUSY_MS || now - begun >= PATIENCE_MS) return;
    probed = now;
  }
}
