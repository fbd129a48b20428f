import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../../service/main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../../service/launcher.ts", import.meta.url));

/** How a service is started: directly, with all permissions, unless by the launcher. */
export interface StartOptions {
  readonly launcher?: boolean;
  /** Whether the permissions of files bind it, though it is run by root. */
  readonly obedient?: boolean;
}

/** Root without the right to pass over the permissions of files. */
const OBEDIENT = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

/** How a service that could not stay up ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function command(
  env: Record<string, string>,
  { launcher = false, obedient = false }: StartOptions = {},
): Deno.Command {
  const line = [Deno.execPath(), "run", "-A", launcher ? LAUNCHER : MAIN];
  if (obedient && Deno.uid() === 0) line.unshift(...OBEDIENT);
  const [program = "", ...args] = line;
  return new Deno.Command(program, {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", DASHBOARD_PORT: "0", LOG_LEVEL: "WARNING", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a service that is expected to refuse to start. */
export async function runToEnd(
  env: Record<string, string>,
  options?: StartOptions,
): Promise<Ending> {
  const { code, stdout, stderr } = await command(env, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A service in a process of its own, as a user runs it; it ends with the test at the latest. */
export class ServiceProcess {
  /** Where it serves, e.g. `http://localhost:40123`. */
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #output: () => string;

  private constructor(child: Deno.ChildProcess, url: string, output: () => string) {
    this.#child = child;
    this.url = url;
    this.#output = output;
  }

  /** What it has written so far, both streams together. */
  get output(): string {
    return this.#output();
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Starts a service and waits until it says where it is. */
  static async start(
    env: Record<string, string>,
    options?: StartOptions,
  ): Promise<ServiceProcess> {
    const child = command(env, options).spawn();
    let output = "";
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, onText: () => void) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        output += text;
        onText();
      }
    };
    const url = Promise.withResolvers<string>();
    const reading = [
      read(child.stderr, () => {}),
      read(child.stdout, () => {
        const address = /is at (http:\S+)/.exec(output)?.[1];
        if (address !== undefined) url.resolve(address);
      }),
      child.status.then(({ code }) =>
        url.reject(new Error(`the service ended with ${code}: ${output}`))
      ),
    ];
    onTestFinished(async () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended before.
      }
      await Promise.allSettled(reading);
    });
    return new ServiceProcess(child, await url.promise, () => output);
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<void> {
    return this.#child.status.then(() => {});
  }

  /** GETs a path and parses the answer. */
  async get(path: string): Promise<unknown> {
    const response = await fetch(this.url + path);
    return await response.json();
  }

  /** Stops the process where it is: its sockets stay open and silent. */
  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Lets a suspended process go on. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends the process with a signal and waits until it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<number> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    return code;
  }
}
