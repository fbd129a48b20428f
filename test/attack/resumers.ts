/**
 * What honest readers of the stream feel while others resume from the beginning of the journal and
 * do not read: `deno run -A test/attack/resumers.ts [RESUMERS] [READERS] [EVENTS] [SECONDS]`.
 *
 * The service's serving side runs in a process of its own over a journal of EVENTS records and
 * publishes a bar every 50 ms, which carries the time of its append. The resumers connect at once
 * from another process, READERS live readers get the bars in this one. Three rounds are measured:
 * nobody resumes; all resume and want everything; all resume and want a market that has no records.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { loadCore } from "../../core-wasm/load.ts";
import { systemClock } from "../../data/common/clock.ts";
import { Environment } from "../../data/common/environment.ts";
import { EmbeddedLog } from "../../service/bus/embedded/embedded_log.ts";
import { readConfig } from "../../service/config.ts";
import { createLog } from "../../service/log.ts";
import { ServeRole } from "../../service/serve/serve_role.ts";
import { readEvents } from "../support/event_stream.ts";
import { barRecords, makeBar, makeSignal, signalRecords } from "../support/records.ts";

const SCRIPT = fileURLToPath(import.meta.url);
const MARKETS = ["BTCUSDT", "ETHUSDT", "LIVEUSDT", "NONEUSDT"];
const INTERVAL_MS = 50;

/** Milliseconds since 1970, to the microsecond, in any process of this machine. */
const now = () => performance.timeOrigin + performance.now();

/** Serves a new journal; prints its address and the position before its first record. */
async function serve(folder: string, events: number): Promise<void> {
  const log = new EmbeddedLog(join(folder, "binance.sqlite"));
  const { start } = log;
  for (let i = 0; i < events / 4; i += 500) {
    const minutes = Array.from({ length: 500 }, (_, k) => i + k);
    await log.append(["BTCUSDT", "ETHUSDT"].flatMap((symbol) => [
      ...barRecords(...minutes.map((minute) => makeBar(minute, symbol))),
      ...signalRecords(...minutes.map((minute) => makeSignal(minute, symbol))),
    ]));
  }
  const role = new ServeRole({
    config: {
      ...readConfig(new Environment({})),
      ...{ symbols: MARKETS, host: "127.0.0.1", port: 0 },
      bounds: { maxConnections: 10_000, maxStreams: 9000, maxPerAddress: 0, trustedProxies: [] },
    },
    wasm: loadCore(),
    clock: systemClock,
    logger: createLog("ERROR"),
  });
  role.attach({ log, store: log });
  console.log(JSON.stringify({ address: await role.start(), start }));
  for (let i = 0;; i++) {
    await log.append(barRecords({ ...makeBar(i, "LIVEUSDT"), volume: now() }));
    await sleep(INTERVAL_MS);
  }
}

/** Asks for a part of the stream from a position on, many times, and reads nothing of it. */
async function resume(address: string, path: string, id: string, count: number): Promise<void> {
  const { hostname, port } = new URL(address);
  const request = new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nLast-Event-ID: ${id}\r\n\r\n`,
  );
  const connections: Deno.Conn[] = [];
  for (let i = 0; i < count; i++) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(request);
    connections.push(connection);
  }
  console.log(`${connections.length} connected`);
  await sleep(1e9);
}

function run(...args: readonly (string | number)[]): Deno.ChildProcess {
  return new Deno.Command(process.execPath, {
    args: ["run", "-A", SCRIPT, ...args.map(String)],
    stdout: "piped",
  }).spawn();
}

/** The first line that a process prints. */
async function firstLine({ stdout }: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.trim();
}

/** A value of a sample in order of size, ms. */
function quantile(sorted: readonly number[], share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return `${value.toFixed(1)} ms`.padStart(10);
}

async function attack(
  [resumers = 1000, readers = 20, events = 100_000, seconds = 20]: readonly number[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "microstream-resumers-"));
  const service = run("serve", folder, events);
  try {
    const { address, start } = JSON.parse(await firstLine(service));
    let delays: number[] = [];
    const read = async () => {
      const url = `${address}/api/v1/stream?symbols=LIVEUSDT&events=bar`;
      for await (const { data } of readEvents(url)) {
        delays.push(now() - Number(/"volume":([\d.]+)/.exec(data)?.[1]));
      }
    };
    for (let i = 0; i < readers; i++) read().catch(() => {});
    console.log(`${events} records, ${readers} live readers, ${resumers} resume and do not read`);
    const rounds = [
      ["nobody resumes", undefined],
      ["all resume", "/api/v1/stream?events=bar,signal"],
      ["for no records", "/api/v1/stream?events=bar,signal&symbols=NONEUSDT"],
    ] as const;
    for (const [name, path] of rounds) {
      delays = [];
      const hostile = path && run("resume", address, path, start, resumers);
      await sleep(seconds * 1000);
      const sorted = delays.toSorted((a, b) => a - b);
      const due = readers * seconds * 1000 / INTERVAL_MS;
      console.log(
        `${name.padEnd(16)} p50 ${quantile(sorted, 0.5)}  p99 ${quantile(sorted, 0.99)}  ` +
          `max ${quantile(sorted, 1)}  ${sorted.length} bars of about ${due} arrived`,
      );
      hostile?.kill("SIGKILL");
      await hostile?.status;
      await sleep(2000);
    }
  } finally {
    service.kill("SIGKILL");
    await service.status;
    rmSync(folder, { recursive: true });
  }
}

const [command = "", ...args] = process.argv.slice(2);
if (command === "serve") await serve(args[0] ?? "", Number(args[1]));
else if (command === "resume") {
  const [address = "", path = "", id = "", count = ""] = args;
  await resume(address, path, id, Number(count));
} else {
  await attack(process.argv.slice(2).map(Number));
  process.exit(0);
}
