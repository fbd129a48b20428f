import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary.ts";

const COMMON = new URL("../../../data/common/", import.meta.url).href;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** Runs a command that prints its options as JSON, or fails with what `--fail` says. */
function run(...args: readonly string[]) {
  const folder = temporaryFolder();
  const script = join(folder, "command.ts");
  writeFileSync(join(folder, "a.csv"), "");
  writeFileSync(
    script,
    `import { defineCommand, filesOption, runCommand, valueOption } from "${COMMON}command.ts";
     import { oneOf, wholeNumberIn } from "${COMMON}values.ts";
     await runCommand(
       defineCommand("train", "Trains.")
         .addOption(filesOption("--bars <file...>", "history"))
         .addOption(valueOption("--seed <n>", "seed", wholeNumberIn({ min: 0, max: 9 })).default(1))
         .addOption(valueOption("--kind <kind>", "kind", oneOf(["klines", "trades"])))
         .option("--fail <message>", "fail with a message")
         .action((options) => {
           if (options.fail) throw new Error(options.fail);
           console.log(JSON.stringify(options));
         }),
     );`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["run", "-A", "--no-check", "--config", CONFIG, script, ...args],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  return { status, stdout, stderr };
}

test("an option with several values takes all up to the next option, and may be repeated", () => {
  const { stdout } = run("--bars", "a.csv", "a.csv", "--kind=trades", "--bars", "a.csv");
  expect(JSON.parse(stdout))
    .toEqual({ bars: ["a.csv", "a.csv", "a.csv"], kind: "trades", seed: 1 });
});

test("--help lists the options and the settings that the task reads", () => {
  const { status, stdout, stderr } = run("--help");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Usage: deno task train [options]");
  expect(stdout).toContain('--kind <kind>     kind (choices: "klines", "trades")');
  expect(stdout).toMatch(/HMM_N_COMPONENTS +train: number of regimes/);
  expect(stdout).not.toContain("DASHBOARD_PORT");
});

describe("wrong arguments are refused in one line on stderr with exit code 2", () => {
  test.each([
    [["--bar", "a.csv"], "unknown option '--bar' (Did you mean --bars?)"],
    [["x"], "too many arguments. Expected 0 arguments but got 1: x."],
    [["--bars"], "option '--bars <file...>' argument missing"],
    [["--bars", "b.csv"], "Cannot read b.csv as there is no such file"],
    [["--seed", "10"], '--seed must be a whole number from 0 to 9: current value is "10"'],
    [["--kind", "x"], '--kind must be one of klines, trades: current value is "x"'],
  ])("%j", (args, message) => {
    expect(run(...args)).toEqual({ status: 2, stdout: "", stderr: `${message} (see --help)\n` });
  });
});

test("any other error is one line with exit code 1", () => {
  expect(run("--fail", "no\n  disk")).toEqual({ status: 1, stdout: "", stderr: "no disk\n" });
});
