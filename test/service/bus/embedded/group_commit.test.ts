import { expect, test } from "vitest";
import type { Commit } from "../../../../service/bus/embedded/commit_worker.ts";
import { GroupCommit } from "../../../../service/bus/embedded/group_commit.ts";

const row = (timestamp: number) => ({
  ...{ kind: "bar" as const, symbol: "A", timestamp },
  ...{ backfill: false, json: "{}" },
});
const append = (...times: number[]): Commit => ({ rows: times.map(row), checkpoints: [] });

/** Commits that the test completes. */
function setUp() {
  const commits: { readonly times: number[]; readonly done: PromiseWithResolvers<void> }[] = [];
  const group = new GroupCommit(({ rows }) => {
    const done = Promise.withResolvers<void>();
    commits.push({ times: rows.map(({ timestamp }) => timestamp), done });
    return done.promise;
  });
  const nextCommit = async (count: number) => {
    while (commits.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return commits[count - 1];
  };
  return { group, commits, nextCommit };
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

test("a flush commits what waits and leaves nothing behind", async () => {
  const { group, commits, nextCommit } = setUp();
  const appends = [group.append(append(1)), group.append(append(2))];
  const flushing = group.flush();
  (await nextCommit(1))?.done.resolve();
  await flushing;
  await Promise.all(appends);
  expect(commits).toHaveLength(1);
});
