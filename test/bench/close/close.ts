/**
 * Measures how long after a minute is known to be over its last signal reaches a subscriber, with
 * many markets and a slow disk: `deno task bench:close [MARKETS] [BUSY] [FSYNC_MS] [MINUTES]`.
 * The disk is made slow by slow_fsync.c, preloaded into the service; gcc compiles it.
 *
 * A minute is due when the trade that proves it over was sent or, where the clock closes it, when
 * its kline was answered. How long the service's loop is held up is what a WebSocket ping waits
 * for its pong.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { readEvents } from "../../support/event_stream.ts";
import { Schedule } from "./schedule.ts";
import { StandIn } from "./stand_in.ts";

const [symbols = 500, busy = 500, fsyncMs = 3, minutes = 3] = process.argv.slice(2).map(Number);
const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "microstream-close-"));

/** A value of a sample, in order of size. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

async function compileShim(): Promise<string> {
  const shim = join(folder, "slow_fsync.so");
  const { success } = await new Deno.Command("gcc", {
    args: ["-shared", "-fPIC", "-o", shim, join(HERE, "slow_fsync.c"), "-ldl"],
  }).output();
  if (!success) throw new Error("Cannot compile slow_fsync.c as gcc must be installed");
  return shim;
}

async function ready(address: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${address}/readyz`);
    await response.body?.cancel();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function startService(port: number, shim: string) {
  const child = spawn(Deno.execPath(), ["run", "-A", join(ROOT, "service/main.ts")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      ...{ LD_PRELOAD: shim, FSYNC_MS: String(fsyncMs), DATA_DIR: folder, HISTORY_DAYS: "1" },
      ...{ SOURCE: "binance", BINANCE_WS_URL: `ws://127.0.0.1:${port}` },
      ...{ BINANCE_REST_URL: `http://127.0.0.1:${port}`, DASHBOARD_PORT: "0" },
      ...{ SYMBOLS: schedule.symbols.join(), LOG_LEVEL: "WARNING", NO_COLOR: "1" },
      MODELS: ["classic", "volatility"].map((name) => join(ROOT, `models/${name}.json`)).join(),
    },
  });
  for await (const text of child.stdout) {
    const address = /is at (http:\S+)/.exec(String(text))?.[1];
    if (address !== undefined) return { child, address };
  }
  throw new Error("the service ended before it listened");
}

const schedule = new Schedule(symbols, busy);
const standIn = new StandIn(schedule);
const [port, shim] = [await standIn.start(), await compileShim()];
let started = performance.now();
const { child, address } = await startService(port, shim);

/** When the signal of each minute arrived, by `SYMBOL MINUTE`. */
const arrived = new Map<string, number>();
await ready(address);
console.log(
  `${symbols} markets, ${busy} of them trade in the first second, an fsync takes ${fsyncMs} ms; ` +
    `ready after ${((performance.now() - started) / 1000).toFixed(1)} s`,
);

(async () => {
  for await (const { data } of readEvents(`${address}/api/v1/stream?events=signal`)) {
    const at = performance.now();
    const [, symbol = "", time = ""] = /"symbol":"(\w+)".*?"timestamp":(\d+)/.exec(data) ?? [];
    if (Date.now() - Number(time) < 10 * MINUTE_MS) arrived.set(`${symbol} ${time}`, at);
  }
})().catch(() => {});

// Not before each market has a live minute: until then it loads history.
for (const recent = Date.now() - 2 * MINUTE_MS;;) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const current = [...arrived.keys()].filter((key) => Number(key.split(" ")[1]) >= recent);
  if (new Set(current.map((key) => key.split(" ")[0])).size === symbols) break;
}

const now = Date.now();
const first = now - now % MINUTE_MS;
for (let minute = first; minute < first + minutes * MINUTE_MS; minute += MINUTE_MS) {
  while (Date.now() < minute + MINUTE_MS + 10_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { proven, answered, pings } = standIn.observations;
  const delays: number[] = [];
  let lastDue = -Infinity;
  let lastArrival = -Infinity;
  let missing = 0;
  for (const symbol of schedule.symbols) {
    const key = `${symbol} ${minute}`;
    const due = (schedule.isBusy(symbol) ? proven : answered).get(key);
    const arrival = arrived.get(key);
    if (due === undefined || arrival === undefined) {
      missing++;
      continue;
    }
    delays.push(arrival - due);
    lastDue = Math.max(lastDue, due);
    lastArrival = Math.max(lastArrival, arrival);
  }
  const boundary = performance.now() - (Date.now() - minute - MINUTE_MS);
  const held = pings.filter(({ at }) => at >= boundary && at < boundary + 8000)
    .map(({ ms }) => ms);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    `${new Date(minute).toISOString().slice(11, 16)}: signals after they are due: ` +
      `median ${ms(quantile(delays, 0.5))}, p99 ${ms(quantile(delays, 0.99))}, ` +
      `max ${ms(Math.max(...delays))}; last signal ${ms(lastArrival - lastDue)} after the last ` +
      `was due; loop held up at most ${ms(Math.max(...held))} (p99 ${ms(quantile(held, 0.99))})` +
      (missing > 0 ? `; ${missing} markets without a signal` : ""),
  );
}
child.kill("SIGKILL");
started = performance.now();
const resumed = await startService(port, shim);
await ready(resumed.address);
console.log(
  `after kill -9 it is ready again in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
resumed.child.kill("SIGKILL");
standIn.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
