import type { EmbeddedExchange, EmbeddedExchangeReply } from "./simulator_worker.ts";

/** The thread of the embedded exchange, see `simulator_worker.ts`. */
export class SimulatorThread {
  /** The base URLs of streams and REST; rejects with an Error when it cannot start. */
  readonly urls: Promise<{ readonly wsUrl: string; readonly restUrl: string }>;
  /** Rejects when the thread ends by an error; never resolves. */
  readonly failure: Promise<never>;
  readonly #worker: Worker;

  /** Starts an exchange that listens on this machine only, on any free port. */
  constructor(options: EmbeddedExchange) {
    const urls = Promise.withResolvers<{ readonly wsUrl: string; readonly restUrl: string }>();
    const failed = Promise.withResolvers<never>();
    const fail = (why: string) => {
      const error = new Error(`Cannot run the simulated market: ${why}`);
      urls.reject(error);
      failed.reject(error);
    };
    this.urls = urls.promise;
    this.failure = failed.promise;
    // Whoever started the thread awaits them; after a close nobody does.
    for (const promise of [this.urls, this.failure]) promise.catch(() => {});
    const module = new URL("./simulator_worker.ts", import.meta.url);
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<EmbeddedExchangeReply>) => {
      if ("failure" in data) fail(data.failure);
      else urls.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    this.#worker.postMessage(options);
  }

  /** Ends the exchange and all its connections. */
  close(): void {
    this.#worker.terminate();
  }
}
