import { Broadcast } from "./broadcast.ts";
import type { Capture } from "./capture/capture.ts";
import { Playback } from "./capture/playback.ts";
import { VirtualClock } from "./clock.ts";
import { ClientConnection } from "./client_connection.ts";
import { Faults } from "./faults/faults.ts";
import { type FaultPlan, NO_FAULTS } from "./faults/plan.ts";
import type { FaultReport } from "./faults/tally.ts";
import type { Feed } from "./broadcast.ts";
import { BINANCE_LIMITS, type ConnectionLimits } from "./client_connection.ts";
import { SocketSink } from "./socket_sink.ts";
import { RestApi } from "./rest/rest_api.ts";
import { closeServer, listen, makeServer } from "./server.ts";
import type { MarketSource } from "./source.ts";
import { systemTimers, type Timers } from "./clock.ts";

/** Interval at which trades are sent and connections checked, real milliseconds. */
const PASS_INTERVAL_MS = 20;

/** Interval at which the fault counts are logged, real milliseconds. */
const REPORT_INTERVAL_MS = 60_000;

const SHUTDOWN_LEAD_MS = 10_000;

/** Options of {@link startSimulator}. */
export interface SimulatorOptions {
  /** The markets that the simulator serves. */
  readonly source: MarketSource;
  /** Frames that clients get instead of the source's trades; REST still serves the source. */
  readonly capture?: Capture;
  /** The faults to inject, none by default. See `parseFaults`. */
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
  /** 0, the default, means any free port. */
  readonly port?: number;
  /** The rules for connections; Binance's by default. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Real time; the machine's by default. */
  readonly timers?: Timers;
  /** Receives a line for each event worth knowing; none by default. */
  readonly log?: (message: string) => void;
}

/** A running simulator of the exchange. */
export interface Simulator {
  /** Base URL of REST, e.g. `http://127.0.0.1:9443`. */
  readonly url: string;
  /** Base URL of the streams, e.g. `ws://127.0.0.1:9443`. */
  readonly wsUrl: string;
  /** The exchange's clock, ms UTC. */
  now(): number;
  /** The faults so far. */
  readonly faults: FaultReport;
  /**
   * Announces a shutdown (`serverShutdown`) to all clients and closes their connections after a lead
   * of exchange time, 10 s by default. Clients that connect in the meantime stay. Before the clock
   * runs, only the notice is sent.
   */
  shutdown(leadMs?: number): void;
  /** Terminates all connections and frees the port. */
  close(): Promise<void>;
}

/** The period that is replayed; undefined when the market never ends. */
function recordingOf(
  { recording }: MarketSource,
  capture: Capture | undefined,
): MarketSource["recording"] {
  if (!capture) return recording;
  return { from: capture.from, to: Math.max(capture.to, recording?.to ?? -Infinity) };
}

/**
 * Starts a local exchange that speaks Binance's public spot WebSocket and REST, both on one port.
 * A recording waits for the first subscriber; a market without end runs at once.
 *
 * @throws Error with code `EADDRINUSE` when the port is taken; RangeError for a speed of 0 or less.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { speed = 1, host = "127.0.0.1", port = 0, timers = systemTimers } = options;
  const log = options.log ?? (() => {});
  const limits = { ...BINANCE_LIMITS, ...options.limits };
  const recording = recordingOf(options.source, options.capture);
  const clock = new VirtualClock({
    start: options.start ?? recording?.from ?? timers.now(),
    ...(recording && { end: recording.to }),
    speed,
    wall: timers.now,
  });
  if (!recording) clock.run();

  const faults = new Faults(options.faults ?? NO_FAULTS, clock.now(), speed);
  const source = faults.markets.over(options.source);
  const connections = new Set<ClientConnection>();
  const reportedTime = (time: number) => faults.reportedTime(time);
  const feed: Feed = options.capture
    ? new Playback(options.capture, clock, connections)
    : new Broadcast(source, clock, connections, reportedTime);
  const rest = new RestApi(source, clock, timers, faults, log);
  const server = makeServer({
    refuse: () => faults.http.refusal(clock.now()),
    respond: (method, target) => rest.respond(method, target),
    accept: (socket, wire, subscription) => {
      const sink = new SocketSink(socket, wire);
      const connectionFaults = faults.connect(sink, feed.sentUntil, subscription);
      const now = timers.now();
      const connection = new ClientConnection({
        socket,
        sink,
        faults: connectionFaults,
        subscription,
        limits,
        now,
        log,
      });
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
      log(`all trades are sent; the clock stopped at ${new Date(end).toISOString()}`);
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
      if (faults.any) log(`faults in total: ${faults.tally}`);
      for (const connection of connections) connection.terminate();
      await closeServer(server);
    },
  };
}
