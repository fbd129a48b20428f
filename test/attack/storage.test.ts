/** What the service does when its disk is full or its folder is removed, as a whole process. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { signalSchema } from "../../data/schema/signal.ts";
import { statusSchema } from "../../data/schema/status.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { startSimulator } from "../../service/simulator/simulator.ts";
import { readEvents } from "../support/event_stream.ts";
import { expectWholeJournal } from "../support/journal.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { CAN_MOUNT, SmallDisk } from "../support/small_disk.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const stored = z.object({ storage: statusSchema.shape.storage });

const identified = z.object({ symbol: z.string(), timestamp: z.int() });

/** A service on a simulated market, five minutes a second, with a subscriber. */
async function setUp(folder: string) {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 3, symbols: ["BTCUSDT"] }),
    speed: 300,
  });
  onTestFinished(() => exchange.close());
  const env = {
    ...{ SOURCE: "binance", HISTORY_DAYS: "1", DATA_DIR: folder },
    ...{ BINANCE_WS_URL: exchange.wsUrl, BINANCE_REST_URL: exchange.url },
  };
  const service = await ServiceProcess.start(env);
  /** Everything durable, in the order in which it came. */
  const received: { id: string | undefined; event: string; data: string }[] = [];
  /** Minutes of the nowcasts, in their order. */
  const nowcasts: number[] = [];
  const statuses: z.infer<typeof statusSchema>[] = [];
  const subscription = (async () => {
    for await (const { id, event, data } of readEvents(`${service.url}/api/v1/stream`)) {
      if (event === "bar" || event === "signal") received.push({ id, event, data });
      else if (event === "nowcast") nowcasts.push(signalSchema.parse(JSON.parse(data)).timestamp);
      else if (event === "status") statuses.push(statusSchema.parse(JSON.parse(data)));
    }
  })();
  subscription.catch(() => {});
  await until("live minutes", () => nowcasts.length > 3 || undefined);
  const readiness = async () => {
    const response = await fetch(`${service.url}/readyz`);
    return { status: response.status, ...stored.parse(await response.json()) };
  };
  /** No minute is missing, doubled or out of order, and each bar comes before its signal. */
  const expectWhole = () => {
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
    for (const event of ["bar", "signal"]) {
      const times = received.filter((each) => each.event === event)
        .map(({ data }) => identified.parse(JSON.parse(data)).timestamp);
      expect(times).toEqual(times.map((_, i) => (times[0] ?? 0) + i * MINUTE_MS));
    }
  };
  return { service, received, nowcasts, statuses, readiness, expectWhole, exchange };
}

test.skipIf(!CAN_MOUNT)(
  "on a full disk nowcasts go on, bars and signals wait unseen, and all of them follow in order" +
    (CAN_MOUNT ? "" : " (skipped: a file system cannot be mounted here)"),
  async () => {
    const disk = new SmallDisk(20);
    const run = await setUp(join(disk.folder, "store"));
    disk.fill();
    const blocked = await until("the refusal", async () => {
      const now = await run.readiness();
      return now.storage === null ? undefined : now;
    });
    expect(blocked.status).toBe(503);
    expect(blocked.storage?.reason).toMatch(
      /^Cannot write the journal .*binance\.sqlite: the disk is full/,
    );
    const before = run.received.length;
    // Ten minutes later.
    const later = (run.nowcasts.at(-1) ?? 0) + 10 * MINUTE_MS;
    await until(
      "nowcasts of later minutes",
      () => (run.nowcasts.at(-1) ?? 0) >= later || undefined,
    );
    expect(run.received.length).toBe(before);
    const health = await until("the count of what waits", async () => {
      const now = await run.service.get("/healthz");
      return (stored.parse(now).storage?.waiting ?? 0) >= 20 ? now : undefined;
    });
    expect(health).toMatchObject({
      status: "degraded",
      storage: { since: blocked.storage?.since },
    });
    expect(run.received.length).toBe(before);
    expect(run.statuses.at(-1)?.storage?.reason).toContain("the disk is full");
    disk.makeRoom();
    await until("the end of it", async () => (await run.readiness()).status === 200 || undefined);
    await until("what waited", () => run.received.length >= before + 20 || undefined);
    run.expectWhole();
    expect(await run.service.kill("SIGTERM")).toBe(0);
    await expectWholeJournal(join(disk.folder, "store", "binance.sqlite"), run.received);
  },
);

test.skipIf(!CAN_MOUNT)(
  "SIGTERM ends a service whose disk is full with 0, and the next start goes on",
  async () => {
    const disk = new SmallDisk(20);
    const folder = join(disk.folder, "store");
    const run = await setUp(folder);
    disk.fill();
    await until("the refusal", async () => (await run.readiness()).storage ?? undefined);
    expect(await run.service.kill("SIGTERM")).toBe(0);
    expect(run.service.output).toContain("fetched again at the next start");
    disk.makeRoom();
    const again = await ServiceProcess.start({
      ...{ SOURCE: "binance", HISTORY_DAYS: "1", DATA_DIR: folder },
      ...{ BINANCE_WS_URL: run.exchange.wsUrl, BINANCE_REST_URL: run.exchange.url },
    });
    await until("readiness", async () => (await fetch(`${again.url}/readyz`)).ok || undefined);
    await again.kill("SIGTERM");
    await expectWholeJournal(join(folder, "binance.sqlite"), run.received);
  },
);

test("a data folder that is removed under a live service is written again, whole", async () => {
  const folder = join(temporaryFolder(), "store");
  mkdirSync(folder);
  const run = await setUp(folder);
  rmSync(folder, { recursive: true });
  const status = await until("the notice", () => run.statuses.findLast(({ damage }) => damage));
  expect(status.damage?.message).toMatch(/binance\.sqlite was rewritten .* nothing is lost/);
  const before = run.received.length;
  await until("further minutes", () => run.received.length > before + 10 || undefined);
  await until("readiness", async () => (await run.readiness()).status === 200 || undefined);
  run.expectWhole();
  expect(run.service.output).toContain(
    "binance.sqlite was removed or replaced while it was in use",
  );
  await run.service.kill("SIGKILL");
  await expectWholeJournal(join(folder, "binance.sqlite"), run.received);
});
