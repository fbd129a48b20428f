/** Why the exchange does not let one in, and how long to stay away. */
export interface Refusal {
  /** For people: what happened and, where something can be done, what. */
  readonly message: string;
  /** Least wait before the next attempt, ms; 0 leaves it to the usual back-off. */
  readonly waitMs: number;
}

/** How long to stay away when the exchange says to, but not for how long, s. */
const DEFAULT_RETRY_AFTER_S = 60;
/** A region or a firewall does not change its mind within seconds, ms. */
const REGION_MS = 30_000;
const FIREWALL_MS = 15_000;
/** A certificate is mended by people, ms. */
const TLS_MS = 30_000;

/** Node's codes of what goes wrong with a certificate begin like this. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/;
const TLS_TEXT = /certificate|TLS|SSL/i;

/** Seconds of a `Retry-After` header as ms. */
export function retryAfterMs(header: string | null | undefined): number {
  const seconds = Number(header ?? DEFAULT_RETRY_AFTER_S);
  return 1000 * (Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_RETRY_AFTER_S);
}

/**
 * What an HTTP status of the exchange means, over REST as in a handshake.
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

/** What is wrong when an encrypted connection cannot be made; undefined when it is something else. */
export function refusalOfTls(error: Error): Refusal | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (!TLS_CODE.test(code) && !TLS_TEXT.test(error.message)) return undefined;
  return {
    message: `no trusted connection (${error.message || code}); check this machine's clock, and ` +
      "whether a proxy stands between it and the exchange",
    waitMs: TLS_MS,
  };
}
