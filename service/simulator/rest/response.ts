/** A response of the REST interface, before it is sent. */
export interface RestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The fault of its delivery, if any: the connection is lost in the middle, or nothing is sent. */
  readonly delivery?: "broken" | "never";
}

/** A value as a JSON response. */
export function json(status: number, value: unknown): RestResponse {
  return {
    status,
    headers: { "content-type": "application/json;charset=UTF-8" },
    body: JSON.stringify(value),
  };
}

/** A request that the exchange refuses with HTTP 400; codes and messages as in Binance's errors.md. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: number;

  /**
   * @param code Binance's error code, e.g. -1121.
   * @param message Binance's message, e.g. `Invalid symbol.`
   */
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
