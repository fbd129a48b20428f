import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { StorageStatus } from "../../../../data/schema/status.ts";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import { createLog } from "../../../../service/log.ts";
import { eventsOf } from "../../../support/log_events.ts";
import { barRecords, makeBar, makeSignal, signalRecords } from "../../../support/records.ts";
import { CAN_MOUNT, SmallDisk } from "../../../support/small_disk.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { until } from "../../../support/until.ts";

const bars = (...indices: number[]) => barRecords(...indices.map((index) => makeBar(index)));

/** A log with what it says and announces. */
function openLog(folder: string) {
  const path = join(folder, "binance.sqlite");
  const lines: string[] = [];
  const log = new EmbeddedLog(path, { logger: createLog("INFO", (line) => lines.push(line)) });
  const announced: (StorageStatus | null)[] = [];
  log.listen((announcement) => {
    if (announcement.kind === "storage") announced.push(announcement.status);
  });
  let closed = false;
  const close = async () => {
    if (!closed) await log.close();
    closed = true;
  };
  onTestFinished(close);
  return { log, path, lines, announced, close };
}

const minutes = (log: EmbeddedLog) => eventsOf(log).map(({ timestamp }) => timestamp);

/** Appends bars until they wait for the disk; the number of those that were appended. */
async function appendUntilRefused(log: EmbeddedLog, announced: readonly unknown[]) {
  const appends: Promise<void>[] = [];
  let count = 0;
  await until("the refusal", async () => {
    const next = Array.from({ length: 200 }, () => count++);
    appends.push(log.append(bars(...next)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    return announced.length > 0 || undefined;
  });
  return { appends, count };
}

const onDisk = CAN_MOUNT ? "" : " (skipped: a file system cannot be mounted here)";

test.skipIf(!CAN_MOUNT)(
  `records wait while the disk is full, unseen, and are published in order after${onDisk}`,
  async () => {
    const disk = new SmallDisk();
    const { log, lines, announced } = openLog(disk.folder);
    await log.append(bars(0));
    disk.fill();
    const { appends, count } = await appendUntilRefused(log, announced);
    expect(announced[0]).toMatchObject({ reason: expect.stringContaining("the disk is full") });
    expect(lines.join()).toContain("bars and signals wait for the disk");
    const seen = minutes(log).length;
    expect(seen).toBeLessThan(count);
    // What waits is known to those who compute with it.
    const last = makeBar(seen - 1).timestamp;
    expect(log.waiting("BTCUSDT", last).at(0)).toEqual(makeBar(seen));
    expect(log.waiting("BTCUSDT", last)).toHaveLength(count - seen);
    disk.makeRoom();
    await Promise.all(appends);
    expect(minutes(log)).toEqual(Array.from({ length: count }, (_, i) => makeBar(i).timestamp));
    expect(announced.at(-1)).toBeNull();
    expect(log.waiting("BTCUSDT", 0)).toEqual([]);
  },
);

test("records wait while another program holds the journal, and are published after", async () => {
  const { log, path, announced } = openLog(temporaryFolder());
  await log.append(bars(0));
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const appends = [log.append(bars(1)), log.append(bars(2))];
  const status = await until("the refusal", () => announced.at(0));
  expect(status).toMatchObject({ waiting: 2, reason: expect.stringMatching(/another program/) });
  expect(minutes(log)).toHaveLength(1);
  other.exec("ROLLBACK");
  other.close();
  await Promise.all(appends);
  expect(minutes(log)).toEqual([0, 1, 2].map((i) => makeBar(i).timestamp));
  await until("the end of it", () => announced.at(-1) === null || undefined);
});

test("a log that is closed while the disk is full says what it gives up", async () => {
  const { log, path, lines, announced, close } = openLog(temporaryFolder());
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const lost = expect(log.append(bars(0, 1))).rejects.toThrow("closing");
  await until("the refusal", () => announced.at(0));
  await close();
  await lost;
  expect(lines.at(-1)).toMatch(/fetched again at the next start.*"records":2/);
  other.close();
});

test("a folder that is removed under a live journal is noticed, and all of it is written again", async () => {
  const folder = temporaryFolder();
  const { log, path, lines, announced, close } = openLog(join(folder, "store"));
  await log.append([...bars(0, 1, 2), ...signalRecords(makeSignal(0))]);
  const { end } = log;
  const saved = { symbol: "BTCUSDT", models: "a", timestamp: 7, state: new Uint8Array([1, 2]) };
  await log.append([], [saved]);
  rmSync(join(folder, "store"), { recursive: true });
  await until("the notice", () => lines.join("\n").includes("rewritten") || undefined);
  await until("the end of it", () => announced.at(-1) === null || undefined);
  expect(announced.some((status) => status?.reason.includes("rewritten"))).toBe(true);
  expect(log.end).toBe(end);
  expect(log.damage?.message).toContain("4 events: nothing is lost");
  await log.append(bars(3));
  await close();
  expect(lines.join("\n")).toContain(`${path} was removed or replaced while it was in use`);
  const again = openLog(join(folder, "store")).log;
  expect(minutes(again)).toEqual([0, 1, 2, 0, 3].map((i) => makeBar(i).timestamp));
  expect(eventsOf(again, { after: end })).toHaveLength(1);
  expect(again.checkpoint("BTCUSDT")).toEqual(saved);
});

test("a removed folder that cannot be made again is waited for", async () => {
  const folder = temporaryFolder();
  const { log, announced } = openLog(join(folder, "store"));
  await log.append(bars(0));
  rmSync(join(folder, "store"), { recursive: true });
  // A folder in the journal's place cannot be replaced by a file.
  mkdirSync(join(folder, "store", "binance.sqlite.rebuilding", "x"), { recursive: true });
  const append = log.append(bars(1));
  await until("the refusal", () => announced.at(-1)?.reason);
  expect(minutes(log)).toEqual([makeBar(0).timestamp]);
  rmSync(join(folder, "store", "binance.sqlite.rebuilding"), { recursive: true });
  await append;
  expect(minutes(log)).toEqual([0, 1].map((i) => makeBar(i).timestamp));
});

test("a file that takes the journal's place is kept aside", async () => {
  const folder = temporaryFolder();
  const { log, path, announced } = openLog(folder);
  await log.append(bars(0));
  copyFileSync(path, `${path}.copy`);
  rmSync(path);
  copyFileSync(`${path}.copy`, path);
  await log.append(bars(1));
  await until("the end of it", () => announced.at(-1) === null || undefined);
  expect(minutes(log)).toEqual([0, 1].map((i) => makeBar(i).timestamp));
  expect(readdirSync(folder).filter((name) => /\.damaged-\w+$/.test(name))).toHaveLength(1);
});
