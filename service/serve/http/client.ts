import type { Context } from "hono";

/** What is known of the client of a request beside what the request says. */
export interface ClientOfRequest {
  /** Its address, behind trusted proxies too, as it is counted. */
  readonly address: string;
  /** Calls back when the answer is sent, or the client has gone. */
  readonly onEnd: (callback: () => void) => void;
}

/** The client of a request; undefined for a request that came over no connection. */
export function clientOf(context: Context): ClientOfRequest | undefined {
  return context.env?.client;
}
