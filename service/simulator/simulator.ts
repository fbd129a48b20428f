import { Broadcast } from "./broadcast.ts";
import type { Capture } from "./capture/capture.ts";
import { Playback } from "./capture/playback.ts";
import { VirtualClock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { Faults } from "./faults/faults.ts";
import { type FaultPlan, NO_FAULTS } from "./faults/plan.ts";
import type { FaultReport } from "./faults/tally.ts";
import type { Feed } from "./feed.ts";
import { BINANCE_LIMITS, type ConnectionLimits } from "./limits.ts";
import { Outlet } from "./outlet.ts";
import { RestApi } from "./rest/rest_api.ts";
import { closeServer, listen, makeServer } from "./server.ts";
import type { MarketSource } from "./source.ts";
import { systemTimers, type Timers } from "./timers.ts";

/** How often trades are sent and connections are looked after, real milliseconds. */
const PASS_INTERVAL_MS = 20;

/** How often faults are told of, real milliseconds. */
const REPORT_INTERVAL_MS = 60_000;

const SHUTDOWN_LEAD_MS = 10_000;

/** Options of {@link startExchange}. */
export interface ExchangeOptions {
  /** The market behind the stand-in. */
  readonly source: MarketSource;
  /** Frames that clients get instead of the source's trades; REST still tells of the source. */
  readonly capture?: Capture;
  /** What goes wrong; by default nothing does. See `parseFaults`. */
  readonly faults?: FaultPlan;
  /** Exchange milliseconds per real millisecond, > 0; 1 by default. */
  readonly speed?: number;
  /**
   * Exchange time at which the clock starts, ms UTC; by default the start of the capture or
   * the recording, or else the real time.
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
  /** The faults that have happened so far. */
  readonly faults: FaultReport;
  /**
   * Tells all clients that the server shuts down (`serverShutdown`) and closes their connections
   * after a lead of exchange time, 10 s unless given; who connects in the meantime stays. While
   * the clock stands, only the notice goes out.
   */
  shutdown(leadMs?: number): void;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** The times between which something is replayed; undefined when the market never ends. */
function recordingOf(
  { recording }: MarketSource,
  capture: Capture | undefined,
): MarketSource["recording"] {
  if (!capture) return recording;
  return { from: capture.from, to: Math.max(capture.to, recording?.to ?? -Infinity) };
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
  const recording = recordingOf(source, options.capture);
  const clock = new VirtualClock({
    start: options.start ?? recording?.from ?? timers.now(),
    ...(recording && { end: recording.to }),
    speed,
    wall: timers.now,
  });
  if (!recording) clock.run();

  const faults = new Faults(options.faults ?? NO_FAULTS, clock.now(), speed);
  const connections = new Set<Connection>();
  const toldTime = (time: number) => faults.toldTime(time);
  const feed: Feed = options.capture
    ? new Playback(options.capture, clock, connections)
    : new Broadcast(source, clock, connections, toldTime);
  const rest = new RestApi(source, clock, timers, faults, log);
  const server = makeServer({
    refuse: () => faults.http.refusal(clock.now()),
    answer: (method, target) => rest.answer(method, target),
    accept: (socket, wire, subscription) => {
      const outlet = new Outlet(socket, wire);
      const line = faults.line(outlet, feed.sentUntil, subscription);
      const now = timers.now();
      const connection = new Connection({ socket, outlet, line, subscription, limits, now, log });
      connections.add(connection);
      socket.on("close", () => connections.delete(connection));
      const known = [...connection.symbols].some((symbol) => source.market(symbol));
      if (known || options.capture) clock.run();
    },
    log,
  });

  const address = await listen(server, port, host);
  let end = recording && recording.from < recording.to ? recording.to : Infinity;
  let reportedAt = timers.now();
  const stop = timers.every(PASS_INTERVAL_MS, () => {
    feed.pass();
    const now = timers.now();
    for (const connection of connections) connection.keepAlive(now);
    if (feed.sentUntil > end) {
      for (const connection of connections) connection.flush(end);
      log(`all trades are sent; the clock stands at ${new Date(end).toISOString()}`);
      end = Infinity;
    }
    if (faults.any && now - reportedAt >= REPORT_INTERVAL_MS) {
      reportedAt = now;
      log(`faults so far: ${faults.tally}`);
    }
  });
  const authority = `${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return {
    url: `http://${authority}`,
    wsUrl: `ws://${authority}`,
    now: () => clock.now(),
    faults: faults.tally,
    shutdown: (leadMs = SHUTDOWN_LEAD_MS) => {
      for (const connection of connections) connection.shutdown(clock.now(), leadMs);
    },
    close: async () => {
      stop();
      if (faults.any) log(`faults in all: ${faults.tally}`);
      for (const connection of connections) connection.terminate();
      await closeServer(server);
    },
  };
}
