/**
 * Measures a first start with many markets, as a user starts it:
 * `deno task bench:start [--symbols 500] [--seconds 180] [--exchange] [--days 8]`.
 *
 * From the moment at which the launcher is run: how long three HTTP paths take every 200 ms, when
 * each market has its first trade and its first nowcast, when its history is loaded, and memory.
 * With `--exchange` the markets are those of `deno task exchange`, a process of its own.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand, valueOption } from "../../../data/common/command.ts";
import { wholeNumberIn } from "../../../data/common/values.ts";
import { readEvents } from "../../support/event_stream.ts";

/** The options of the command line. */
interface Options {
  readonly symbols: number;
  readonly seconds: number;
  readonly days: number;
  readonly exchange: boolean;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PATHS = ["/healthz", "/", "/api/v1/symbols"] as const;
const EVERY_MS = 200;
const KNOWN = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "DOGEUSDT", "PEPEUSDT"];

function symbolNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => KNOWN[i] ?? `COIN${i}USDT`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Runs a program until it prints an address. */
function run(args: readonly string[], env: Record<string, string>, pattern: RegExp) {
  const child = spawn(process.execPath, ["run", "-A", ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  return { child, address };
}

/** Resident memory of the children of a process, MiB. */
function memoryOfChildren(pid: number): number {
  let kibibytes = 0;
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      if (Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) !== pid) continue;
      kibibytes += Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kibibytes / 1024;
}

function describeTimes(times: ReadonlyMap<string, number>, of: number): string {
  const values = [...times.values()].map((ms) => ms / 1000);
  if (values.length === 0) return `none of ${of}`;
  const [half, most, all] = [0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(1));
  return `${values.length} of ${of}: half by ${half} s, 99 % by ${most} s, the last at ${all} s`;
}

async function measure({ symbols: count, seconds, days, exchange }: Options): Promise<void> {
  const symbols = symbolNames(count);
  const folder = mkdtempSync(join(tmpdir(), "microstream-start-"));
  const standIn = exchange
    ? run(
      ["service/commands/exchange.ts", "--port", "0", "--symbols", symbols.join()],
      {},
      /on (http:\S+)/,
    )
    : undefined;
  const restUrl = await standIn?.address;
  const started = performance.now();
  const since = () => performance.now() - started;
  const { child, address } = run(["service/launcher.ts"], {
    ...{ SYMBOLS: symbols.join(), DATA_DIR: folder, HISTORY_DAYS: String(days) },
    ...{ DASHBOARD_PORT: "0", LOG_LEVEL: "WARNING" },
    ...(restUrl === undefined ? { SOURCE: "simulator" } : {
      SOURCE: "binance",
      BINANCE_REST_URL: restUrl,
      BINANCE_WS_URL: restUrl.replace("http", "ws"),
    }),
  }, /is at (http:\S+)/);
  const url = await address;
  console.log(`${count} markets, ${days} days of history; listening after ${since() | 0} ms`);

  const nowcasts = new Map<string, number>();
  const ready = new Map<string, number>();
  const trades = new Map<string, number>();
  const loaded = new Map<string, number>();
  const readStream = async () => {
    for await (const { data } of readEvents(`${url}/api/v1/stream?events=nowcast`)) {
      const symbol = /"symbol":"([^"]+)"/.exec(data)?.[1] ?? "";
      if (!nowcasts.has(symbol)) nowcasts.set(symbol, since());
      if (!data.includes('"ready":false') && !ready.has(symbol)) ready.set(symbol, since());
    }
  };
  readStream().catch(() => {});

  const latencies = new Map<string, number[]>(PATHS.map((path) => [path, []]));
  let failures = 0;
  let memory = 0;
  let reported = 0;
  const asking: Promise<void>[] = [];
  const ask = async (path: string) => {
    const from = performance.now();
    try {
      await (await fetch(url + path)).arrayBuffer();
    } catch {
      failures++;
    }
    latencies.get(path)?.push(performance.now() - from);
  };
  const look = async () => {
    const states: unknown = await (await fetch(`${url}/api/v1/symbols`)).json();
    for (const state of Array.isArray(states) ? states : []) {
      const { symbol, last_trade_time, last_bar } = state;
      if (typeof last_trade_time === "number" && !trades.has(symbol)) trades.set(symbol, since());
      const isLoaded = typeof last_bar === "number" && Date.now() - Number(last_bar) < 150_000;
      if (isLoaded && !loaded.has(symbol)) loaded.set(symbol, since());
    }
  };
  for (let round = 0; since() < seconds * 1000; round++) {
    asking.push(...PATHS.map(ask));
    if (round % 5 === 0) asking.push(look().catch(() => void failures++));
    memory = Math.max(memory, child.pid === undefined ? 0 : memoryOfChildren(child.pid));
    if (since() - reported > 30_000) {
      reported = since();
      console.log(
        `${(reported / 1000) | 0} s: trades ${trades.size}, nowcasts ${nowcasts.size}, ` +
          `loaded ${loaded.size}, ready ${ready.size}, ${memory | 0} MiB at most`,
      );
    }
    await sleep(EVERY_MS);
  }
  await Promise.all(asking);
  for (const [path, values] of latencies) {
    const [half, most, all] = [0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(0));
    console.log(`GET ${path}: p50 ${half} ms, p99 ${most} ms, max ${all} ms (${values.length})`);
  }
  console.log(`requests without an answer: ${failures}`);
  console.log(`first trade: ${describeTimes(trades, count)}`);
  console.log(`first nowcast: ${describeTimes(nowcasts, count)}`);
  console.log(`history loaded: ${describeTimes(loaded, count)}`);
  console.log(`first nowcast that is ready: ${describeTimes(ready, count)}`);
  console.log(`memory: at most ${memory | 0} MiB`);
  child.kill("SIGTERM");
  standIn?.child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

await runCommand(
  defineCommand("bench:start", "Measures a first start with many markets, as a user starts it.")
    .addOption(
      valueOption("--symbols <n>", "markets", wholeNumberIn({ min: 1, max: 1024 })).default(500),
    )
    .addOption(
      valueOption("--seconds <n>", "time to measure", wholeNumberIn({ min: 1, max: 86_400 }))
        .default(180),
    )
    .addOption(
      valueOption("--days <n>", "HISTORY_DAYS", wholeNumberIn({ min: 1, max: 365 })).default(8),
    )
    .option("--exchange", "ingest from `deno task exchange`, over REST and WebSocket", false)
    .action(measure),
);
