/** The rules by which a WebSocket connection lives; all real milliseconds. */
export interface ConnectionLimits {
  /** The server pings this often. */
  readonly pingIntervalMs: number;
  /** A client whose pong stays away for longer is dropped. */
  readonly pongTimeoutMs: number;
  /** A connection lives no longer. */
  readonly lifetimeMs: number;
  /** A client that lets more bytes than this wait for it is dropped. */
  readonly maxBufferedBytes: number;
}

/**
 * Binance's rules (web-socket-streams.md): a ping every 20 seconds, a pong within a minute, 24
 * hours a connection. How much it buffers for a slow client is not published.
 */
export const BINANCE_LIMITS: ConnectionLimits = {
  pingIntervalMs: 20_000,
  pongTimeoutMs: 60_000,
  lifetimeMs: 24 * 3_600_000,
  maxBufferedBytes: 16 * 1024 * 1024,
};
