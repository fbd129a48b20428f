/** `deno task soak`: does the memory of the service stay where it is, hour after hour? */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand, valueOption } from "../../data/common/command.ts";
import { numberIn, wholeNumberIn } from "../../data/common/values.ts";

/** The options of the command line. */
interface Options {
  readonly minutes: number;
  readonly symbols: number;
  readonly speed: number;
  readonly activity: number;
}

const SAMPLE_MS = 30_000;
/** The windows, the caches and the heap have found their size by then, minutes. */
const SETTLED_MINUTES = 10;
/** Samples of the first and of the last five minutes after that. */
const WINDOW_SAMPLES = 10;

/** Memory is in MiB. */
interface Sample {
  readonly minute: number;
  readonly mebibytes: number;
  /** JavaScript's objects that are in use or not yet swept. */
  readonly heap: number;
  /** Buffers and WebAssembly memories. */
  readonly external: number;
  readonly trades: number;
}

function start(script: string, args: readonly string[], env: Record<string, string>) {
  const path = fileURLToPath(new URL(`../../service/${script}`, import.meta.url));
  const child = spawn(process.execPath, ["run", "-A", path, ...args], {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const url = /http:\/\/[^\s,)]+/.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.on("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return { address, end: () => child.kill("SIGKILL") };
}

const MEBIBYTE = 2 ** 20;

/** Sums a metric over its labels, or over those that a text begins. */
function sum(metrics: string, name: string): number {
  const lines = metrics.split("\n").filter((line) => line.startsWith(`microstream_${name}`));
  return lines.reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
}

async function sample(url: string, since: number): Promise<Sample> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return {
    minute: (performance.now() - since) / 60_000,
    mebibytes: sum(metrics, "resident_memory_bytes") / MEBIBYTE,
    heap: sum(metrics, 'heap_bytes{state="used"}') / MEBIBYTE,
    external: sum(metrics, "external_memory_bytes") / MEBIBYTE,
    trades: sum(metrics, "trades_total"),
  };
}

function tell(now: Sample, before: Sample | undefined): void {
  const { minute, mebibytes, heap, external, trades } = now;
  const seconds = before === undefined ? 0 : 60 * (minute - before.minute);
  const rate = before === undefined ? 0 : (trades - before.trades) / seconds;
  console.log(
    `minute ${minute.toFixed(1)}: ${mebibytes.toFixed(0)} MiB (heap ${heap.toFixed(0)}, ` +
      `buffers ${external.toFixed(0)}), ${rate.toFixed(0)} trades/s`,
  );
}

function meanMemory(samples: readonly Sample[]): number {
  return samples.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / samples.length;
}

/** Memory goes up and down with what the collector of garbage leaves: means are compared. */
function conclude(samples: readonly Sample[]): void {
  const settled = samples.filter(({ minute }) => minute >= SETTLED_MINUTES);
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined || settled.length < 2 * WINDOW_SAMPLES) {
    console.log(`too short to tell: memory is compared from minute ${SETTLED_MINUTES} on`);
    return;
  }
  const rate = (last.trades - first.trades) / (60 * (last.minute - first.minute));
  const before = meanMemory(settled.slice(0, WINDOW_SAMPLES));
  const after = meanMemory(settled.slice(-WINDOW_SAMPLES));
  const least = Math.min(...settled.map(({ mebibytes }) => mebibytes));
  const most = Math.max(...settled.map(({ mebibytes }) => mebibytes));
  console.log(
    `from minute ${first.minute.toFixed(0)} to ${last.minute.toFixed(0)} at ` +
      `${rate.toFixed(0)} trades/s: ${before.toFixed(0)} MiB to ${after.toFixed(0)} MiB ` +
      `(${(100 * (after / before - 1)).toFixed(1)} %; means of ${WINDOW_SAMPLES} samples), ` +
      `within ${least.toFixed(0)} to ${most.toFixed(0)} MiB`,
  );
}

async function run({ minutes, symbols: count, speed, activity }: Options): Promise<void> {
  const symbols = Array.from({ length: count }, (_, i) => `S${String(i).padStart(4, "0")}USDT`);
  const folder = mkdtempSync(join(tmpdir(), "microstream-soak-"));
  const list = symbols.join(",");
  const exchange = start("commands/exchange.ts", [
    ...["--port", "0", "--symbols", list, "--speed", String(speed)],
    ...["--activity", String(activity)],
  ], {});
  const samples: Sample[] = [];
  let service: ReturnType<typeof start> | undefined;
  try {
    const url = await exchange.address;
    service = start("main.ts", [], {
      SOURCE: "binance",
      SYMBOLS: list,
      BINANCE_WS_URL: url.replace("http", "ws"),
      BINANCE_REST_URL: url,
      DATA_DIR: folder,
      DASHBOARD_PORT: "0",
      LOG_LEVEL: "ERROR",
    });
    const page = await service.address;
    const since = performance.now();
    while (performance.now() - since < minutes * 60_000) {
      await sleep(SAMPLE_MS);
      const now = await sample(page, since);
      tell(now, samples.at(-1));
      samples.push(now);
    }
    conclude(samples);
  } finally {
    service?.end();
    exchange.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const command = defineCommand(
  "soak",
  "Runs the service on many simulated markets for a long time, each in a process of its own, and " +
    "prints its memory every half minute.",
)
  .addOption(
    valueOption("--minutes <n>", "duration", numberIn({ min: 1, max: 10_000 })).default(60),
  )
  .addOption(
    valueOption("--symbols <n>", "markets", wholeNumberIn({ min: 1, max: 1024 })).default(200),
  )
  .addOption(
    valueOption("--speed <x>", "exchange clock over real clock", numberIn({ min: 0.1, max: 1000 }))
      .default(4),
  )
  .addOption(
    valueOption(
      "--activity <x>",
      "so many times as many trades as usual",
      numberIn({ min: 0.01, max: 100 }),
    ).default(4),
  )
  .action(run);

await runCommand(command);
