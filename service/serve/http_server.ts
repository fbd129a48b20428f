import { errorMessage } from "../../data/common/errors.ts";
import type { Config } from "../config.ts";

/** Time that answers under way have to end when the server closes, ms. */
const SHUTDOWN_MS = 2000;

/** Addresses under which this machine is `localhost`. */
const LOCAL = ["127.0.0.1", "0.0.0.0", "::1", "::"];

/** Answers HTTP requests on the address that the settings name. */
export class HttpServer {
  readonly #config: Pick<Config, "host" | "port">;
  readonly #handler: (request: Request) => Response | Promise<Response>;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  constructor(
    config: Pick<Config, "host" | "port">,
    handler: (request: Request) => Response | Promise<Response>,
  ) {
    this.#config = config;
    this.#handler = handler;
  }

  /**
   * Starts to listen.
   *
   * @returns Its address, for a browser on this machine where it listens here.
   * @throws Error naming the setting to change when it cannot listen.
   */
  start(): string {
    const { host: hostname, port } = this.#config;
    const handler = (request: Request) => this.#handler(request);
    try {
      this.#server = Deno.serve({ hostname, port, handler, onListen() {} });
    } catch (cause) {
      if (cause instanceof Deno.errors.AddrInUse) {
        throw new Error(
          `DASHBOARD_PORT must be free: port ${port} is in use; end what uses it, or choose another`,
          { cause },
        );
      }
      throw new Error(
        `Cannot listen on ${hostname}:${port}: ${
          errorMessage(cause)
        }; check HOST and DASHBOARD_PORT`,
        { cause },
      );
    }
    const shown = LOCAL.includes(hostname) ? "localhost" : hostname;
    return `http://${shown}:${this.#server.addr.port}`;
  }

  /** Stops listening. A client that does not read does not delay it for long. */
  async close(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, SHUTDOWN_MS));
    await Promise.race([this.#server?.shutdown(), late]);
    clearTimeout(timer);
  }
}
