import { expect, test } from "vitest";
import type { Commit } from "../../../../service/bus/embedded/commit_worker.ts";
import { GroupCommit } from "../../../../service/bus/embedded/group_commit.ts";
import { StorageError } from "../../../../service/bus/embedded/storage_error.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

const row = (timestamp: number) => ({
  ...{ kind: "bar" as const, symbol: "A", timestamp },
  ...{ backfill: false, json: "{}" },
});
const append = (...times: number[]): Commit => ({ rows: times.map(row), checkpoints: [] });

/** Commits that the test completes. */
function setUp() {
  const commits: { readonly times: number[]; readonly done: PromiseWithResolvers<void> }[] = [];
  const clock = new VirtualClock(1000);
  const group = new GroupCommit({
    commit: ({ rows }) => {
      const done = Promise.withResolvers<void>();
      commits.push({ times: rows.map(({ timestamp }) => timestamp), done });
      return done.promise;
    },
    clock,
    capacity: 5,
  });
  const nextCommit = async (count: number) => {
    while (commits.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return commits[count - 1];
  };
  return { group, commits, nextCommit, clock };
}

test("appends of a moment are one commit, in the order of appending", async () => {
  const { group, commits, nextCommit } = setUp();
  const appends = [group.append(append(1)), group.append(append(2, 3)), group.append(append(4))];
  (await nextCommit(1))?.done.resolve();
  await Promise.all(appends);
  expect(commits.map(({ times }) => times)).toEqual([[1, 2, 3, 4]]);
});

test("what comes during a commit waits for it and is the next one", async () => {
  const { group, commits, nextCommit } = setUp();
  const first = group.append(append(1));
  const running = await nextCommit(1);
  const rest = [group.append(append(2)), group.append(append(3))];
  expect(commits).toHaveLength(1);
  running?.done.resolve();
  await first;
  (await nextCommit(2))?.done.resolve();
  await Promise.all(rest);
  expect(commits.map(({ times }) => times)).toEqual([[1], [2, 3]]);
});

test("a commit is bounded, and an append is never divided", async () => {
  const { group, commits, nextCommit } = setUp();
  const times = Array.from({ length: 1500 }, (_, i) => i);
  const appends = [1, 2, 3].map(() => group.append(append(...times)));
  for (const count of [1, 2, 3]) (await nextCommit(count))?.done.resolve();
  await Promise.all(appends);
  expect(commits.map(({ times }) => times.length)).toEqual([1500, 1500, 1500]);
});

test("a commit that fails fails its appends, and the next one is made all the same", async () => {
  const { group, nextCommit } = setUp();
  const failing = group.append(append(1));
  const next = nextCommit(1).then((commit) => commit?.done.reject(new Error("disk full")));
  await expect(failing).rejects.toThrow("disk full");
  await next;
  const later = group.append(append(2));
  (await nextCommit(2))?.done.resolve();
  await later;
});

test("closing commits what waits and leaves nothing behind", async () => {
  const { group, commits, nextCommit } = setUp();
  const appends = [group.append(append(1)), group.append(append(2))];
  const closing = group.close();
  (await nextCommit(1))?.done.resolve();
  expect(await closing).toBe(0);
  await Promise.all(appends);
  expect(commits).toHaveLength(1);
});

const FULL = new StorageError("refused", "the disk is full");

test("a commit that the disk refuses is tried again until it is made; what comes later follows", async () => {
  const { group, commits, nextCommit, clock } = setUp();
  const first = group.append(append(1, 2));
  (await nextCommit(1))?.done.reject(FULL);
  await clock.settle();
  const later = group.append(append(3));
  expect(group.problem).toEqual({ since: 1000, reason: "the disk is full", waiting: 3 });
  await clock.advance(250);
  commits[1]?.done.reject(FULL);
  await clock.advance(20_000);
  commits[2]?.done.resolve();
  await first;
  expect(group.problem).toBeNull();
  (await nextCommit(4))?.done.resolve();
  await later;
  expect(commits.map(({ times }) => times)).toEqual([[1, 2], [1, 2], [1, 2], [3]]);
});

test("appenders are asked to wait while too much waits, and not any longer", async () => {
  const { group, nextCommit, clock } = setUp();
  const appends = [group.append(append(1, 2)), group.append(append(3, 4))];
  await group.room();
  appends.push(group.append(append(5)));
  let room = false;
  const waiting = group.room().then(() => room = true);
  (await nextCommit(1))?.done.reject(FULL);
  await clock.settle();
  expect(room).toBe(false);
  await clock.advance(250);
  (await nextCommit(2))?.done.resolve();
  await Promise.all([...appends, waiting]);
});

test("while the disk refuses, the latest checkpoint of a symbol replaces those that wait", async () => {
  const saved: number[][] = [];
  let full = true;
  const clock = new VirtualClock();
  const group = new GroupCommit({
    commit: ({ checkpoints }) => {
      if (full) return Promise.reject(FULL);
      saved.push(checkpoints.map(({ timestamp }) => timestamp));
      return Promise.resolve();
    },
    clock,
  });
  const checkpoint = (timestamp: number): Commit => ({
    rows: [row(timestamp)],
    checkpoints: [{ symbol: "A", models: "m", timestamp, state: new Uint8Array() }],
  });
  const appends = [group.append(append(1))];
  await until("the refusal", () => group.problem ?? undefined);
  appends.push(...[2, 3, 4].map((time) => group.append(checkpoint(time))));
  full = false;
  await clock.advance(250);
  await Promise.all(appends);
  expect(saved.flat()).toEqual([4]);
});

test("closing tries once more, and gives up what the disk refuses even then", async () => {
  const { group, commits, nextCommit, clock } = setUp();
  const lost = expect(group.append(append(1, 2))).rejects.toThrow("closing");
  (await nextCommit(1))?.done.reject(FULL);
  await clock.settle();
  const closing = group.close();
  (await nextCommit(2))?.done.reject(FULL);
  expect(await closing).toBe(2);
  await lost;
  expect(commits).toHaveLength(2);
});
