import type { MiddlewareHandler } from "hono";
import { Problem } from "../problem.ts";
import { clientOf } from "./client.ts";
import type { Refusals } from "./refusals.ts";
import { Tally } from "./tally.ts";

/** When a client that is refused may try again, s. */
const RETRY_AFTER = 2;

/**
 * Bounds the requests under way of one address. A client that is connected directly cannot have
 * more of them than connections; behind a trusted proxy this is its only bound.
 *
 * @param most Most requests under way; 0: no bound.
 */
export function perAddress(most: number, refusals: Refusals): MiddlewareHandler {
  const tally = new Tally(most);
  return async function perAddress(context, next) {
    const client = clientOf(context);
    const release = client && tally.take(client.address);
    if (client !== undefined && release === undefined) {
      refusals.add("address");
      const detail = `an address may have ${most} requests under way (MAX_PER_ADDRESS)`;
      throw new Problem(429, "Too many requests", detail, RETRY_AFTER);
    }
    if (release !== undefined) client?.onEnd(release);
    await next();
  };
}
