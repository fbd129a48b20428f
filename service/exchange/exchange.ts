import { Broadcast } from "./broadcast.ts";
import { VirtualClock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { BINANCE_LIMITS, type ConnectionLimits } from "./limits.ts";
import { RestApi } from "./rest/rest_api.ts";
import { closeServer, listen, makeServer } from "./server.ts";
import type { MarketSource } from "./source.ts";
import { systemTimers, type Timers } from "./timers.ts";

/** How often trades are sent and connections are looked after, real milliseconds. */
const PASS_INTERVAL_MS = 20;

/** Options of {@link startExchange}. */
export interface ExchangeOptions {
  /** The market behind the stand-in. */
  readonly source: MarketSource;
  /** Exchange milliseconds per real millisecond, > 0; 1 by default. */
  readonly speed?: number;
  /**
   * Exchange time at which the clock starts, ms UTC; by default the start of the recording, or
   * else the real time.
   */
  readonly start?: number;
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The rules for connections; Binance's by default. */
  readonly limits?: Partial<ConnectionLimits>;
  /** The real clock; the machine's by default. */
  readonly timers?: Timers;
  /** Told in a line what happens; by default nobody is. */
  readonly log?: (message: string) => void;
}

/** A running stand-in. */
export interface Exchange {
  /** Base URL of REST, e.g. `http://127.0.0.1:9443`. */
  readonly url: string;
  /** Base URL of the streams, e.g. `ws://127.0.0.1:9443`. */
  readonly wsUrl: string;
  /** The exchange's clock, ms UTC. */
  now(): number;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a local exchange that speaks Binance's public spot WebSocket and REST, both on one port.
 * A recording waits for the first subscriber; a market without end runs from the start.
 *
 * @throws Error with code `EADDRINUSE` when the port is taken; RangeError for a speed of 0 or less.
 */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const { source, speed = 1, host = "127.0.0.1", port = 0, timers = systemTimers } = options;
  const log = options.log ?? (() => {});
  const limits = { ...BINANCE_LIMITS, ...options.limits };
  const { recording } = source;
  const clock = new VirtualClock({
    start: options.start ?? recording?.from ?? timers.now(),
    ...(recording && { end: recording.to }),
    speed,
    wall: timers.now,
  });
  if (!recording) clock.run();

  const connections = new Set<Connection>();
  const broadcast = new Broadcast(source, clock, connections);
  const rest = new RestApi(source, clock, timers, log);
  const server = makeServer({
    answer: (method, target) => rest.answer(method, target),
    accept: (webSocket, wire, subscription) => {
      const connection = new Connection(webSocket, wire, subscription, limits, timers.now(), log);
      connections.add(connection);
      webSocket.on("close", () => connections.delete(connection));
      if ([...connection.symbols].some((symbol) => source.market(symbol))) clock.run();
    },
    log,
  });

  const address = await listen(server, port, host);
  let end = recording && recording.from < recording.to ? recording.to : Infinity;
  const stop = timers.every(PASS_INTERVAL_MS, () => {
    broadcast.pass();
    for (const connection of connections) connection.keepAlive(timers.now());
    if (broadcast.sentUntil > end) {
      log(`all trades are sent; the clock stands at ${new Date(end).toISOString()}`);
      end = Infinity;
    }
  });
  const authority = `${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return {
    url: `http://${authority}`,
    wsUrl: `ws://${authority}`,
    now: () => clock.now(),
    close: async () => {
      stop();
      for (const connection of connections) connection.terminate();
      await closeServer(server);
    },
  };
}
