import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

const SERVER = fileURLToPath(new URL("./flood_server.ts", import.meta.url));

/** The flooding server, in its process. */
export class FloodServer implements Disposable {
  readonly #child: ChildProcess;
  /** Origin of its WebSocket. */
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts it and waits for its port. */
  static async start(): Promise<FloodServer> {
    const child = spawn(process.execPath, ["run", "-A", SERVER], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return new FloodServer(child, `ws://127.0.0.1:${line}`);
    }
    throw new Error("the flooding server ended without saying its port");
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

/** The decoder looks at the bytes itself, so that they need not be looked at twice. */
const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true };

/** What taking a stream took, from its first frame to its end, ms. */
export interface Reception {
  readonly elapsed: number;
  /** Processor time of this whole process. */
  readonly processor: number;
}

/** Takes all frames of a stream. */
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
