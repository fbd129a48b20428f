import { expect, test } from "vitest";
import {
  formatSettingsHelp,
  replaceGenerated,
  settingNames,
} from "../../../data/common/settings_text.ts";

test("a document without markers is refused", () => {
  expect(() => replaceGenerated("# Settings", "settings", "")).toThrow(
    /^Cannot place the settings/,
  );
});

test("the help of a task has its settings alone, in lines of a terminal's width", () => {
  const help = formatSettingsHelp("serve");
  expect(help).toMatch(/^ {2}HISTORY_DAYS .*\n(?: {3}.*\n)* .*default: 8\)$/m);
  expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(formatSettingsHelp("data:quality")).toBe("");
});

test("a task reads settings by their aliases too", () => {
  expect(settingNames("data:download")).toEqual([
    ...["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    ...["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"],
    "DATA_DIR",
  ]);
  expect(settingNames("serve")).toEqual(expect.arrayContaining(["SYMBOLS", "SYMBOL", "PORT"]));
});
