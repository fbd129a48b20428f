import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { delay } from "../../../data/common/std/delay.ts";
import { FileWatcher } from "../../../service/engine/file_watcher.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

/** A clock on which the interval between polls is 10 ms. */
const clock = { sleep: (_: number, signal?: AbortSignal) => delay(10, { signal }) };

function setUp() {
  const folder = temporaryFolder();
  const file = join(folder, "model.json");
  writeFileSync(file, "one");
  const seen = { changes: 0 };
  const watch = (path: string) => {
    const watcher = new FileWatcher([path], clock);
    const closing = new AbortController();
    onTestFinished(() => closing.abort());
    (async () => {
      for await (const _ of watcher.changes(closing.signal)) seen.changes++;
    })();
  };
  const changed = (times: number) => until("the change", () => seen.changes >= times || undefined);
  return { folder, file, watch, changed, seen };
}

test("a file that is replaced, written in place, removed or created is a change, each once", async () => {
  const { folder, file, watch, changed, seen } = setUp();
  watch(file);
  writeFileSync(join(folder, "new"), "two");
  renameSync(join(folder, "new"), file);
  await changed(1);
  writeFileSync(file, "written in place");
  await changed(2);
  rmSync(file);
  await changed(3);
  writeFileSync(file, "created again");
  await changed(4);
  expect(seen.changes).toBe(4);
});

test("a replacement of the same size and time is noticed", async () => {
  const { folder, file, watch, changed } = setUp();
  utimesSync(file, 1000, 1000);
  watch(file);
  writeFileSync(join(folder, "new"), "two");
  utimesSync(join(folder, "new"), 1000, 1000);
  renameSync(join(folder, "new"), file);
  await changed(1);
});

test("a link that is turned to another file is noticed, as mounted configurations do it", async () => {
  const { folder, file, watch, changed } = setUp();
  writeFileSync(join(folder, "second.json"), "two");
  const link = join(folder, "link.json");
  symlinkSync(file, link);
  watch(link);
  symlinkSync(join(folder, "second.json"), join(folder, "next"));
  renameSync(join(folder, "next"), link);
  await changed(1);
});

test("a file that is still being written is waited for", async () => {
  const { file, watch, changed, seen } = setUp();
  watch(file);
  let size = 0;
  const writing = setInterval(() => writeFileSync(file, "x".repeat(++size)), 3);
  await until("much writing", () => size >= 50 || undefined);
  expect(seen.changes).toBe(0);
  clearInterval(writing);
  await changed(1);
});

test("a change whose handling was cut short is a change for whoever watches next", async () => {
  const { file } = setUp();
  const watcher = new FileWatcher([file], clock);
  writeFileSync(file, "another content");
  const closing = new AbortController();
  for await (const _ of watcher.changes(closing.signal)) closing.abort();
  const next = new AbortController();
  let repeated = 0;
  for await (const _ of watcher.changes(next.signal)) {
    repeated++;
    next.abort();
  }
  expect(repeated).toBe(1);
});
