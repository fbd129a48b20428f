import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks, ms. */
const LOOK_EVERY_MS = 25;
/** Less than a test may take, so that the message says what was waited for. */
const LIMIT_MS = 540_000;

/**
 * Waits for a state: asks until the answer is not undefined.
 *
 * @param what The state, for the message.
 * @throws Error when it does not come; the limit only ends a test that hangs.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`Cannot wait any longer for ${what}: ${limitMs} ms have passed`);
}
