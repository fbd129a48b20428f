import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
/** Long enough for a machine ten times slower. */
const WAIT_MS = 300_000;

const signal = z.looseObject({ symbol: z.string(), timestamp: z.number() });
type Signal = z.infer<typeof signal>;

const PYTHON = process.env.PYTHON ?? "python3";
const hasPython = spawnSync(PYTHON, ["-c", "import sqlite3"]).status === 0;

/** How an example is started, before its arguments. */
type Program = readonly [string, ...string[]];

const DENO: Program = [
  process.execPath,
  ...["run", "--allow-net", "--allow-read", "--allow-write", "examples/consume.ts"],
];

/** The examples that can run here; a name says why one cannot. */
const PROGRAMS: readonly { readonly name: string; readonly program: Program | undefined }[] = [
  { name: "consume.ts", program: DENO },
  hasPython
    ? { name: "consume.py", program: [PYTHON, "examples/consume.py"] }
    : { name: `consume.py (skipped: no ${PYTHON} with sqlite3)`, program: undefined },
];

/** Starts a consumer; returns the way to kill it. */
function startConsumer([command, ...args]: Program, url: string, file: string) {
  const child = new Deno.Command(command, {
    args: [...args, url, file],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).spawn();
  const kill = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended before.
    }
    await child.status;
  };
  onTestFinished(kill);
  return kill;
}

/** What a consumer has taken so far, in its order. */
function taken(file: string): readonly { readonly id: string; readonly signal: Signal }[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'place'").get();
    if (exists === undefined) return [];
    return database.prepare("SELECT id, json FROM signals ORDER BY rowid").all().map((row) => ({
      id: z.string().parse(row["id"]),
      signal: signal.parse(JSON.parse(z.string().parse(row["json"]))),
    }));
  } finally {
    database.close();
  }
}

async function keepsEachSignalOnce(program: Program): Promise<void> {
  const folder = temporaryFolder();
  const file = join(folder, "signals.sqlite");
  const env = {
    SOURCE: "simulator",
    SIMULATOR_SPEED: "600",
    SYMBOLS: SYMBOLS.join(),
    DATA_DIR: join(folder, "store"),
    HISTORY_DAYS: "1",
  };
  let service = await ServiceProcess.start(env);
  const { url } = service;
  const newest = async () => {
    const [last] = z.array(signal).parse(await service.get("/api/v1/signals?limit=1"));
    return last?.timestamp;
  };
  // What is published before is the history.
  await until(
    "the service to be ready",
    async () => (await fetch(`${url}/readyz`)).ok || undefined,
    WAIT_MS,
  );
  /** Waits until the service has published some more minutes. */
  const publishMore = async () => {
    const start = await until("the first signal", newest, WAIT_MS);
    await until(
      "more signals of the service",
      async () => (await newest() ?? 0) >= start + 10 * 60_000 || undefined,
      WAIT_MS,
    );
  };
  /** Waits until the consumer has taken some more signals. */
  const takeMore = async () => {
    const start = taken(file).length;
    await until("more signals taken", () => taken(file).length >= start + 30 || undefined, WAIT_MS);
  };

  for (let run = 0; run < 3; run++) {
    const kill = startConsumer(program, url, file);
    await takeMore();
    await kill();
    await publishMore();
  }
  const kill = startConsumer(program, url, file);
  await takeMore();
  await service.kill("SIGKILL");
  service = await ServiceProcess.start({ ...env, DASHBOARD_PORT: new URL(url).port });
  await takeMore();
  await kill();

  const rows = taken(file);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  for (const symbol of SYMBOLS) {
    const kept = rows.map((row) => row.signal).filter((each) => each.symbol === symbol);
    const [from, to] = [kept.at(0)?.timestamp, kept.at(-1)?.timestamp];
    expect(kept.length).toBeGreaterThan(60);
    expect(kept).toEqual(
      await service.get(`/api/v1/signals?symbol=${symbol}&from=${from}&to=${to}&limit=10000`),
    );
  }
}

async function endsWhenRefused([command, ...args]: Program): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("no such market", { status: 400 }),
  );
  onTestFinished(() => server.shutdown());
  const file = join(temporaryFolder(), "signals.sqlite");
  const { code, stderr } = await new Deno.Command(command, {
    args: [...args, `http://127.0.0.1:${server.addr.port}`, file],
    stdout: "null",
    stderr: "piped",
  }).output();
  expect(code).toBe(1);
  expect(new TextDecoder().decode(stderr)).toContain("refuses the request: no such market");
}

for (const { name, program } of PROGRAMS) {
  test.skipIf(program === undefined)(
    `${name}, killed and started again, keeps each signal once, across a restart of the service`,
    () => program && keepsEachSignalOnce(program),
    10 * WAIT_MS,
  );

  test.skipIf(program === undefined)(
    `${name} ends when the service refuses its request`,
    () => program && endsWhenRefused(program),
    WAIT_MS,
  );
}
