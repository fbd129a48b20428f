import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OutputFile } from "../../../data/common/output_file.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("a file has its name only once it is committed", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "x.csv");
  const file = await OutputFile.create(path);
  await file.write("half");
  expect(readdirSync(folder)).not.toContain("x.csv");
  await file.write(" and half");
  await file.commit();
  expect(readFileSync(path, "utf8")).toBe("half and half");
  expect(readdirSync(folder)).toEqual(["x.csv"]);
});

test("a discarded file leaves nothing behind", async () => {
  const folder = temporaryFolder();
  const file = await OutputFile.create(join(folder, "x.csv"));
  await file.write("half");
  await file.discard();
  expect(readdirSync(folder)).toEqual([]);
});

test("a path that cannot be written is named", async () => {
  await expect(OutputFile.create("/nowhere/x.csv")).rejects.toThrow("Cannot write /nowhere/x.csv");
});
