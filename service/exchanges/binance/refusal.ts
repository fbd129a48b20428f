import type { Refusal } from "../exchange.ts";

/** The wait where the exchange asks for one without saying how long, s. */
const DEFAULT_RETRY_AFTER_S = 60;
/** Neither a region nor a firewall rule changes within seconds, ms. */
const REGION_MS = 30_000;
const FIREWALL_MS = 15_000;

/** Seconds of a `Retry-After` header as ms. */
function retryAfterMs(header: string | null | undefined): number {
  const seconds = Number(header ?? DEFAULT_RETRY_AFTER_S);
  return 1000 * (Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_RETRY_AFTER_S);
}

/**
 * The meaning of an HTTP status of Binance, over REST or in a handshake.
 *
 * @param retryAfter The header of that name.
 */
export function refusalOfStatus(
  status: number,
  retryAfter: string | null | undefined,
): Refusal {
  if (status === 451) {
    return {
      message: "the exchange does not serve this region (HTTP 451); set BINANCE_WS_URL and " +
        "BINANCE_REST_URL to one that does",
      waitMs: REGION_MS,
    };
  }
  if (status === 403) {
    return {
      message: "a firewall of the exchange refuses this address (HTTP 403)",
      waitMs: FIREWALL_MS,
    };
  }
  if (status === 429) {
    return { message: "too many requests (HTTP 429)", waitMs: retryAfterMs(retryAfter) };
  }
  if (status === 418) {
    return {
      message: "this address is banned for a while (HTTP 418)",
      waitMs: retryAfterMs(retryAfter),
    };
  }
  return { message: `the exchange answered HTTP ${status}`, waitMs: 0 };
}
