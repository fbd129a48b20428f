/** A damaged journal under the whole service. What cannot be read is reported, and never a crash loop. */
import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { statusSchema } from "../../data/schema/status.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { readEvents } from "../support/event_stream.ts";
import { runToEnd, ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const PAGE = 4096;

test("with a page of zeros and both saved states lost, a service goes on and says so", async () => {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 3, symbols: ["BTCUSDT"] }),
    speed: 300,
  });
  onTestFinished(() => exchange.close());
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  const env = {
    ...{ SOURCE: "binance", HISTORY_DAYS: "1", DATA_DIR: folder },
    ...{ BINANCE_WS_URL: exchange.wsUrl, BINANCE_REST_URL: exchange.url },
  };
  const first = await ServiceProcess.start(env);
  const ids: string[] = [];
  for await (const { id } of readEvents(`${first.url}/api/v1/stream?events=bar,signal`)) {
    if (id !== undefined) ids.push(id);
    if (ids.length === 60) break;
  }
  await first.kill("SIGTERM");

  const database = new DatabaseSync(path);
  database.exec("UPDATE checkpoints SET state = randomblob(length(state))");
  const [firstId, lastId] = [ids[0], ids.at(-1)].map((id) => Number(id?.split(":")[1]));
  const leaf = database.prepare(
    "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY pageno DESC",
  ).all().map(({ pageno }) => Number(pageno))[6] ?? 0;
  database.close();
  const file = openSync(path, "r+");
  writeSync(file, new Uint8Array(PAGE), 0, PAGE, (leaf - 1) * PAGE);
  closeSync(file);

  const second = await ServiceProcess.start(env);
  const received: { id: string; event: string; data: string }[] = [];
  const stream = `${second.url}/api/v1/stream?events=bar,signal`;
  for await (const { id, event, data } of readEvents(stream, ids[0])) {
    if (id !== undefined) received.push({ id, event, data });
    if (received.length === 160) break;
  }
  // Everything that can be read, in order, then what is new.
  const after = received.map(({ id }) => Number(id.split(":")[1]));
  expect(after).toEqual(after.toSorted((a, b) => a - b));
  const kept = received.filter(({ id }) => ids.includes(id));
  expect(kept.length).toBeGreaterThanOrEqual(59 - 12);
  expect(kept.length).toBeLessThan(59);
  expect((lastId ?? 0) - (firstId ?? 0)).toBeGreaterThanOrEqual(59);
  const signals = received.filter(({ id, event }) => event === "signal" && !ids.includes(id))
    .map(({ data }) => z.looseObject({ state: z.string().optional() }).parse(JSON.parse(data)));
  // The first of them may still be the first run's.
  expect(signals.slice(-5).map(({ state }) => state)).toEqual(Array(5).fill("rebuilt"));
  const status = await until("the notice", async () => {
    const health = z.looseObject({ damage: statusSchema.shape.damage })
      .parse(await second.get("/healthz"));
    return health.damage ?? undefined;
  });
  expect(status.message).toContain(path);
  expect(status.message).toMatch(/restore a backup|older state and the bars since/);
  expect(second.output).toContain('say \\"state\\":\\"rebuilt\\"');
  await until("readiness", async () => (await fetch(`${second.url}/readyz`)).ok || undefined);
  await second.kill("SIGTERM");
});

test.each([
  [
    "a folder in its place",
    (path: string) => mkdirSync(path),
    /it must be a file; move what is there/,
  ],
  ["a newer version", (path: string) => {
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
  }, /its version is 99 and must be at most \d+: a newer MicroStream wrote it; run that/],
  ["no permission", (path: string) => {
    closeSync(openSync(path, "w"));
    chmodSync(path, 0o000);
  }, /check the disk, and that this user may write the file and its folder/],
])("%s of the journal is refused in one line, with file and remedy", async (_, make, said) => {
  const folder = temporaryFolder();
  const path = join(folder, "binance.sqlite");
  make(path);
  const env = {
    ...{ SOURCE: "binance", DATA_DIR: folder },
    ...{ BINANCE_WS_URL: "ws://127.0.0.1:9", BINANCE_REST_URL: "http://127.0.0.1:9" },
  };
  const { code, stderr } = await runToEnd(env, { obedient: true });
  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(said);
  expect(stderr).toContain(`Cannot open the journal ${path}: `);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
