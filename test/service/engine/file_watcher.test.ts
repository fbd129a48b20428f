import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileWatcher } from "../../../service/engine/file_watcher.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

function setUp() {
  const folder = temporaryFolder();
  const file = join(folder, "model.json");
  writeFileSync(file, "one");
  let told = 0;
  const watch = (path: string) => {
    const watcher = new FileWatcher([path], () => told++, 10);
    onTestFinished(() => watcher.close());
  };
  const isTold = (times: number) => until("the change", () => told >= times || undefined);
  return { folder, file, watch, isTold, told: () => told };
}

test("a file that is replaced, written in place, removed or made is told of, each once", async () => {
  const { folder, file, watch, isTold, told } = setUp();
  watch(file);
  writeFileSync(join(folder, "new"), "two");
  renameSync(join(folder, "new"), file);
  await isTold(1);
  writeFileSync(file, "written in place");
  await isTold(2);
  rmSync(file);
  await isTold(3);
  writeFileSync(file, "made anew");
  await isTold(4);
  expect(told()).toBe(4);
});

test("a replacement of the same size and time is seen", async () => {
  const { folder, file, watch, isTold } = setUp();
  utimesSync(file, 1000, 1000);
  watch(file);
  writeFileSync(join(folder, "new"), "two");
  utimesSync(join(folder, "new"), 1000, 1000);
  renameSync(join(folder, "new"), file);
  await isTold(1);
});

test("a link that is turned to another file is seen, as a mounted configuration does it", async () => {
  const { folder, file, watch, isTold } = setUp();
  writeFileSync(join(folder, "second.json"), "two");
  const link = join(folder, "link.json");
  symlinkSync(file, link);
  watch(link);
  symlinkSync(join(folder, "second.json"), join(folder, "next"));
  renameSync(join(folder, "next"), link);
  await isTold(1);
});

test("a file that is still being written is waited for", async () => {
  const { file, watch, isTold, told } = setUp();
  watch(file);
  let size = 0;
  const writing = setInterval(() => writeFileSync(file, "x".repeat(++size)), 3);
  await until("much writing", () => size >= 50 || undefined);
  expect(told()).toBe(0);
  clearInterval(writing);
  await isTold(1);
});
