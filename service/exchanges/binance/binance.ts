import type { Clock } from "../../../data/common/clock.ts";
import { proxyOf, type ProxySettings } from "../../../data/common/proxy.ts";
import type { Exchange, ExchangeTraits, StreamSink } from "../exchange.ts";
import { type OpenSocket, openThrough, openWebSocket } from "../socket.ts";
import { ReconnectingStream } from "../stream.ts";
import { describeProxy } from "../tunnel.ts";
import { ConnectionAttemptLimiter } from "./limits.ts";
import { KLINES_PER_PAGE, RestClient, TRADES_PER_PAGE } from "./rest.ts";
import { combinedStream } from "./stream.ts";

/** What distinguishes Binance's spot market (web-socket-streams.md, rest-api.md). */
const TRAITS: ExchangeTraits = {
  contiguousTradeIds: true,
  decimals: 8,
  // 1,024 are allowed; with fewer, one socket's trades never wait for another's.
  symbolsPerSocket: 128,
  socketLifetimeMs: 24 * 3_600_000,
  overlapMs: 5000,
  silenceMs: 60_000,
  tradesPerPage: TRADES_PER_PAGE,
  klinesPerPage: KLINES_PER_PAGE,
};

/** Where Binance is, and what its connection works with. */
export interface BinanceOptions {
  /** Origin of the WebSocket, without a path. */
  readonly wsUrl: string;
  /** Base URL of REST, without a trailing slash. */
  readonly restUrl: string;
  readonly clock: Clock;
  /** Proxies between; none by default. */
  readonly proxies?: ProxySettings;
  /** The global one by default. */
  readonly fetch?: typeof fetch;
  /** A real WebSocket by default. */
  readonly openSocket?: OpenSocket;
  /** Traits of a stand-in that differ from those of Binance. */
  readonly traits?: Partial<ExchangeTraits>;
}

/** Binance's spot market, or a stand-in with the same interface. */
export function createBinance(options: BinanceOptions): Exchange {
  const { wsUrl, restUrl, clock, proxies = { exceptions: [] } } = options;
  const wsProxy = proxyOf(proxies, wsUrl);
  const restProxy = proxyOf(proxies, restUrl);
  const { openSocket = wsProxy === undefined ? openWebSocket : openThrough(wsProxy) } = options;
  const traits = { ...TRAITS, ...options.traits };
  const protocol = combinedStream(wsUrl);
  const attempts = new ConnectionAttemptLimiter(clock);
  const streams = new Set<ReconnectingStream>();
  const rest = new RestClient({
    url: restUrl,
    clock,
    ...(restProxy !== undefined && { via: describeProxy(restProxy) }),
    ...(options.fetch !== undefined && { fetch: options.fetch }),
  });
  return {
    origin: wsUrl,
    advice: wsProxy === undefined && restProxy === undefined
      ? "Check the network, BINANCE_WS_URL and BINANCE_REST_URL, or run with SOURCE=simulator"
      : "Check the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), BINANCE_WS_URL and " +
        "BINANCE_REST_URL, or run with SOURCE=simulator",
    traits,
    rest,
    stream(symbols: readonly string[], sink: StreamSink): void {
      const stream = new ReconnectingStream({
        protocol,
        traits,
        symbols,
        sink,
        attempts,
        openSocket,
        clock,
      });
      streams.add(stream);
      stream.start();
    },
    async probe(signal: AbortSignal): Promise<void> {
      const socket = probeSocket(openSocket, `${wsUrl}/ws/btcusdt@aggTrade`, wsUrl, signal);
      const time = rest.time();
      // The tunnel's error says what the proxy answered; that of fetch does not.
      if (wsProxy !== undefined) await Promise.all([socket, time.catch(() => {})]);
      await Promise.all([time, socket]);
    },
    close(): void {
      for (const stream of streams) stream.close();
      rest.close();
    },
  };
}

function probeSocket(
  openSocket: OpenSocket,
  url: string,
  origin: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(url);
    const end = () => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener("abort", end, { once: true });
    socket.on("open", () => {
      signal.removeEventListener("abort", end);
      resolve();
      socket.terminate();
    });
    socket.on("error", (error) => {
      signal.removeEventListener("abort", end);
      reject(new Error(`Cannot connect to ${origin}: ${error.message}`));
    });
  });
}
