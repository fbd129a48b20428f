import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A simulated market so fast that there is a nowcast every second. */
const MARKET = { SOURCE: "simulator", SYMBOLS: "BTCUSDT", SIMULATOR_SPEED: "4" };
/** The history that is asked for is there when the market has so many signals. */
const RECORDS = 11_000;

/** What a service must be like to be attacked. */
export interface TargetOptions {
  /** Descriptors that its process may have; as many as this one by default. */
  readonly files?: number;
  /** What it believes it may have. */
  readonly believes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A service in a process of its own, on the simulated market, and what it takes of the machine. */
export class Target {
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
  }

  /**
   * Starts a service that has its history since an earlier start, as one that has run for long: the
   * memory of a first start's warm-up is not what is measured.
   */
  static async start(options: TargetOptions = {}): Promise<Target> {
    const folder = mkdtempSync(join(tmpdir(), "microstream-attack-"));
    const first = await Target.#run(folder, {});
    const past = Date.now() - RECORDS * 60_000;
    const query = `/api/v1/signals?symbol=BTCUSDT&to=${past}&limit=1`;
    while ((await first.ask(query)).body.length < 10) await sleep(500);
    first.#child.kill("SIGTERM");
    await first.#child.status;
    const target = await Target.#run(folder, options);
    while ((await target.ask("/readyz")).status !== 200) await sleep(500);
    return target;
  }

  static async #run(folder: string, { files, believes, env }: TargetOptions): Promise<Target> {
    const limit = files === undefined ? "" : `ulimit -n ${files}; `;
    const run = `${limit}exec "$0" run -A --v8-flags=--max-semi-space-size=4 service/main.ts`;
    const child = new Deno.Command("sh", {
      args: ["-c", run, Deno.execPath()],
      cwd: ROOT,
      env: {
        ...MARKET,
        ...{ DATA_DIR: folder, DASHBOARD_PORT: "0", LOG_LEVEL: "WARNING" },
        MICROSTREAM_MAX_FILES: String(believes ?? files ?? 20_000),
        ...env,
      },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const text = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let output = "";
    while (!/:\d+\n/.test(output)) {
      const { done, value } = await text.read();
      if (done) throw new Error(`the service ended: ${output}`);
      output += value;
    }
    return new Target(child, Number(/:(\d+)\n/.exec(output)?.[1]), folder);
  }

  /** Whether its process is there. */
  get alive(): boolean {
    try {
      return !/State:\s+Z/.test(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"));
    } catch {
      return false;
    }
  }

  /** Resident memory, MiB. */
  get rss(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  }

  /** Size of the write-ahead log, MiB. */
  get wal(): number {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith("-wal"));
    const bytes = names.reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0);
    return Math.round(bytes / 2 ** 20);
  }

  /** One request over a connection of its own. `status` is 0 when it got no answer. */
  async ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const start = performance.now();
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
        headers: { connection: "close", ...headers },
        signal: AbortSignal.timeout(300_000),
      });
      const body = await response.text();
      return { status: response.status, body, ms: performance.now() - start };
    } catch {
      return { status: 0, body: "", ms: performance.now() - start };
    }
  }

  /** The value of a metric. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ask("/metrics");
    const line = body.split("\n").find((each) => each.startsWith(`microstream_${name} `));
    return Number(line?.split(" ").at(-1));
  }

  /** Ends it and removes its journal. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An answer and the time until it was whole. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Opens a connection, sends a text and reads nothing. */
export function silent(port: number, text: string): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  socket.on("error", () => {});
  if (text !== "") socket.write(text);
  return socket;
}

/** A request as a client writes it. */
export function request(path: string, headers = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
}

/** Listens to nowcasts, in this process, and notes the longest time without one. */
export class NowcastWatch {
  longest = 0;
  #last = performance.now();
  readonly #aborting = new AbortController();

  constructor(port: number) {
    this.#read(port).catch(() => {});
  }

  /** Forgets what was before. */
  reset(): void {
    this.longest = 0;
    this.#last = performance.now();
  }

  end(): void {
    this.#aborting.abort();
  }

  async #read(port: number): Promise<void> {
    const url = `http://127.0.0.1:${port}/api/v1/stream?events=nowcast`;
    const { body } = await fetch(url, { signal: this.#aborting.signal });
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (!text.includes("event: nowcast")) continue;
      const now = performance.now();
      this.longest = Math.max(this.longest, now - this.#last);
      this.#last = now;
    }
  }
}

/** Prints figures as one line. */
export function report(what: string, figures: Readonly<Record<string, string | number>>): void {
  const parts = Object.entries(figures).map(([name, value]) =>
    `${name} ${typeof value === "number" ? Math.round(value) : value}`
  );
  process.stdout.write(`${what}: ${parts.join(", ")}\n`);
}

/** Watches memory, write-ahead log and nowcasts for a while. */
export async function watch(target: Target, seconds: number) {
  const nowcasts = new NowcastWatch(target.port);
  const most = { "RSS MiB": 0, "WAL MiB": 0, "longest request ms": 0 };
  await sleep(1500);
  nowcasts.reset();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && target.alive) {
    const { ms } = await target.ask("/readyz");
    most["longest request ms"] = Math.max(most["longest request ms"], ms);
    most["RSS MiB"] = Math.max(most["RSS MiB"], target.rss);
    most["WAL MiB"] = Math.max(most["WAL MiB"], target.wal);
    await sleep(250);
  }
  nowcasts.end();
  return { ...most, "longest gap between nowcasts ms": nowcasts.longest };
}
