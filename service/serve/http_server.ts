import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { errorMessage } from "../../data/common/errors.ts";
import type { Config, HttpBounds } from "../config.ts";
import type { Log } from "../log.ts";
import { Addresses } from "./http/addresses.ts";
import { send } from "./http/answer.ts";
import type { ClientOfRequest } from "./http/client.ts";
import { Connections } from "./http/connections.ts";
import { ListenerProbe } from "./http/listener_probe.ts";
import type { Refusals } from "./http/refusals.ts";
import { toRequest } from "./http/request.ts";

/** Times of the server, ms. */
export interface HttpTimes {
  /** In which a request's headers must be there, from the connection or its first byte on. */
  readonly headers: number;
  /** In which the whole request must be there. */
  readonly request: number;
  /** For which a connection without a request stays open; longer than proxies keep theirs. */
  readonly keepAlive: number;
  /** In which a client must take a part of its answer. */
  readonly write: number;
  /** Between two looks at connections that are late. */
  readonly check: number;
  /** Between two calls of the own port, and for which it may go unanswered. */
  readonly probe: number;
  /** That answers under way have to end when the server closes. */
  readonly shutdown: number;
}

const TIMES: HttpTimes = {
  headers: 10_000,
  request: 15_000,
  keepAlive: 65_000,
  write: 30_000,
  check: 1000,
  probe: 10_000,
  shutdown: 2000,
};

/** A connection may have so many requests that wait for their answers; browsers send one. */
const MOST_PIPELINED = 8;

/** Addresses under which this machine is `localhost`. */
const LOCAL = ["127.0.0.1", "0.0.0.0", "::1", "::"];

/** What the server works with. */
export interface HttpServerOptions {
  readonly config: Pick<Config, "host" | "port"> & { readonly bounds: HttpBounds };
  readonly handler: (
    request: Request,
    environment: { readonly client: ClientOfRequest },
  ) => Response | Promise<Response>;
  readonly refusals: Refusals;
  readonly log: Log;
  readonly times?: Partial<HttpTimes>;
}

/** Answers what no route can be asked: a request with a malformed target or header. */
function refuse({ url: instance }: IncomingMessage, response: ServerResponse): void {
  const status = 400;
  const title = "Malformed request";
  const detail = "the target must be a path, and the headers be well-formed";
  response.writeHead(status, { "content-type": "application/problem+json" })
    .end(JSON.stringify({ type: "about:blank", title, status, detail, instance }));
}

/** Answers HTTP requests on the address that the settings name. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #times: HttpTimes;
  readonly #addresses: Addresses;
  readonly #connections: Connections;
  /** The requests that wait behind the one that is being answered, by connection. */
  readonly #queues = new WeakMap<Socket, [IncomingMessage, ServerResponse][]>();
  readonly #listenerProbe = new ListenerProbe();
  #server: Server | undefined;
  #port = 0;
  #timers: ReturnType<typeof setInterval>[] = [];
  #silent = 0;
  #restarts = 0;

  constructor(options: HttpServerOptions) {
    const { config: { bounds }, refusals, times } = options;
    this.#options = options;
    this.#times = { ...TIMES, ...times };
    this.#addresses = new Addresses(bounds.trustedProxies);
    this.#connections = new Connections(bounds, this.#addresses, refusals, this.#times.write);
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** How often the listener was dead and was replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Starts to listen.
   *
   * @returns Its address, for a browser on this machine where it listens here.
   * @throws Error naming the setting to change when it cannot listen.
   */
  async start(): Promise<string> {
    const { host, port } = this.#options.config;
    this.#server = await this.#listen(port).catch((cause: unknown) => {
      const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
      const message = code === "EADDRINUSE"
        ? `DASHBOARD_PORT must be free: port ${port} is in use; end what uses it, or choose another`
        : `Cannot listen on ${host}:${port}: ${errorMessage(cause)}; check HOST and DASHBOARD_PORT`;
      throw new Error(message, { cause });
    });
    const address = this.#server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : port;
    this.#timers = [
      setInterval(() => this.#connections.check(performance.now()), this.#times.check),
      setInterval(() => void this.#probe(), this.#times.probe),
    ];
    return `http://${LOCAL.includes(host) ? "localhost" : host}:${this.#port}`;
  }

  /** Stops listening. A client that does not read does not delay it for long. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // An answer that ends now leaves its connection idle: no later request is waited for.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const late = setTimeout(() => this.#connections.destroyAll(), this.#times.shutdown);
    await closed;
    clearInterval(idle);
    clearTimeout(late);
  }

  #listen(port: number): Promise<Server> {
    const { headers: headersTimeout, request: requestTimeout, keepAlive, check } = this.#times;
    const server = createServer({
      headersTimeout,
      requestTimeout,
      keepAliveTimeout: keepAlive,
      connectionsCheckingInterval: check,
    }, (incoming, response) => this.#enqueue(incoming, response));
    server.on("connection", (socket) => this.#accept(socket));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: this.#options.config.host, port }, () => {
        server.off("error", reject);
        server.on(
          "error",
          (error) => this.#options.log.error("listening failed", { error: String(error) }),
        );
        resolve(server);
      });
    });
  }

  #accept(socket: Socket): void {
    this.#listenerProbe.accepted(socket.remotePort);
    this.#connections.admit(socket);
  }

  /** Answers the requests of a connection one after the other, so that one client is one task. */
  #enqueue(incoming: IncomingMessage, response: ServerResponse): void {
    const { socket } = incoming;
    const queue = this.#queues.get(socket);
    if (queue === undefined) {
      this.#queues.set(socket, []);
      void this.#answerAll(socket, incoming, response);
    } else if (queue.length < MOST_PIPELINED) {
      queue.push([incoming, response]);
    } else if (!socket.destroyed) {
      this.#options.refusals.add("pipelined");
      socket.destroy();
    }
  }

  async #answerAll(socket: Socket, ...first: [IncomingMessage, ServerResponse]): Promise<void> {
    let next: [IncomingMessage, ServerResponse] | undefined = first;
    while (next !== undefined && !socket.destroyed) {
      await this.#answer(...next);
      next = this.#queues.get(socket)?.shift();
    }
    this.#queues.delete(socket);
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = toRequest(incoming);
      if (request === undefined) return refuse(incoming, response);
      const forwarded = incoming.headers["x-forwarded-for"];
      const address = this.#addresses.clientOf(
        incoming.socket.remoteAddress ?? "",
        Array.isArray(forwarded) ? forwarded.join() : forwarded,
      );
      const client: ClientOfRequest = {
        address: this.#addresses.keyOf(address),
        onEnd: (callback) => void response.on("close", callback),
      };
      await send(await this.#options.handler(request, { client }), response);
    } catch (error) {
      // What a route throws is answered by the routes; this is an answer that broke off.
      this.#options.log.debug("an answer broke off", { path: incoming.url, error: String(error) });
      response.destroy();
    }
  }

  /** Asks whether the listener is alive, and replaces it when it has been silent twice. */
  async #probe(): Promise<void> {
    const { host } = this.#options.config;
    const result = await this.#listenerProbe.run({ host, port: this.#port }, this.#times.probe);
    // A loop that was busy can miss one.
    if (result !== "unknown") this.#silent = result === "dead" ? this.#silent + 1 : 0;
    if (this.#silent >= 2 && this.#server !== undefined) await this.#replace(this.#server);
  }

  /** Connections that are open stay so. */
  async #replace(dead: Server): Promise<void> {
    this.#silent = 0;
    dead.close();
    try {
      this.#server = await this.#listen(this.#port);
      this.#restarts++;
      this.#options.log.warning("the listener was dead and was replaced", { port: this.#port });
    } catch (error) {
      this.#options.log.error("cannot listen again", { error: String(error) });
    }
  }
}
