import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

const SERVER = fileURLToPath(new URL("./flood_server.ts", import.meta.url));

/** The flooding server, in a process of its own. */
export class FloodServer implements Disposable {
  readonly #child: ChildProcess;
  /** Origin of its WebSocket. */
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts the server and waits for its port. */
  static async start(): Promise<FloodServer> {
    const child = spawn(process.execPath, ["run", "-A", SERVER], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return new FloodServer(child, `ws://127.0.0.1:${line}`);
    }
    throw new Error("Cannot start the flooding server as it ended before it printed its port");
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

/** The decoder reads bytes, so a conversion to text would only cost time. */
const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true };

/** Times of a stream, from its first frame to its end, ms. */
export interface Reception {
  readonly elapsed: number;
  /** Processor time of this process. */
  readonly processor: number;
}

/** Receives all frames of a stream. */
export function receive(url: string, take: (data: Uint8Array) => void): Promise<Reception> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, OPTIONS);
    let start = NaN;
    let used = process.cpuUsage();
    socket.once("message", () => {
      start = performance.now();
      used = process.cpuUsage();
    });
    socket.on("message", (data) => {
      if (data instanceof Uint8Array) take(data);
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const { user, system } = process.cpuUsage(used);
      resolve({ elapsed: performance.now() - start, processor: (user + system) / 1000 });
    });
  });
}
