import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../support/temporary.ts";
import { Client } from "../simulator/client.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../../service/commands/exchange.ts");

interface Command {
  readonly child: ChildProcess;
  /** Waits until the command has printed a text, and gives all that it has printed. */
  printed(text: string): Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function exchange(...args: string[]): Command {
  const child = spawn(process.execPath, ["run", "-A", "--no-check", MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => stdout += chunk);
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => stderr += chunk);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  );
  const printed = async (text: string) => {
    while (!stdout.includes(text)) {
      await new Promise((resolve) => child.stdout.once("data", resolve));
    }
    return stdout;
  };
  return { child, printed, ended };
}

test("--help says how to use it", async () => {
  const { code, stdout } = await exchange("--help").ended;
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("Usage: deno task exchange [options]"),
  ]);
});

test.each([
  [
    ["--speed", "fast"],
    '--speed must be a number from 0.001 to 100000: current value is "fast" (see --help)\n',
  ],
  [
    ["--symbols", "?"],
    'symbol must be a market\'s name such as BTCUSDT: current value is "?" (see --help)\n',
  ],
])("%j is a bad argument: one line, exit code 2", async (args, line) => {
  expect(await exchange(...args).ended).toEqual({ code: 2, stdout: "", stderr: line });
});

test("an unknown fault is named, exit code 2", async () => {
  const { code, stderr } = await exchange("--faults", "drop 1%; explode 5%").ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^--faults: Cannot read the fault "explode 5%": there is no such fault; there are seed, .*\n$/,
  );
});

test("a missing file of faults is named, exit code 2", async () => {
  expect(await exchange("--faults", "@none.txt").ended).toEqual({
    code: 2,
    stdout: "",
    stderr: '--faults must name a file that exists: current value is "@none.txt" (see --help)\n',
  });
});

test("a missing file is named, exit code 2", async () => {
  const { code, stderr } = await exchange("--trades", "BTCUSDT-none.csv").ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Cannot read BTCUSDT-none\.csv as .*\n$/);
});

test("a used port is named, with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : NaN;
  expect(await exchange("--port", String(port)).ended).toEqual({
    code: 1,
    stdout: "",
    stderr: `Cannot listen on port ${port} of 127.0.0.1 as it is in use: ` +
      "stop the program that uses it, or choose another --port\n",
  });
});

test("prints its address, serves, and ends cleanly on SIGTERM", async () => {
  const { child, printed, ended } = exchange("--port", "0", "--symbols", "BTCUSDT");
  const text = await printed("deno task serve");
  const url = /BINANCE_REST_URL=(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
  const response = await fetch(`${url}/api/v3/time`);
  expect(await response.json()).toEqual({ serverTime: expect.any(Number) });
  // child.kill() in Deno reports an end by that signal, whatever the child does.
  process.kill(child.pid ?? NaN, "SIGTERM");
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});

test("a capture is played, and the faults are counted at the end", async () => {
  const path = join(temporaryFolder(), "BTCUSDT.jsonl");
  writeFileSync(path, "1723161254087896568 {}\n1723161255087896568 {}\n");
  const args = ["--port", "0", "--capture", path, "--speed", "10", "--faults", "drop 100%"];
  const { child, printed, ended } = exchange(...args);
  const text = await printed("deno task serve");
  expect(text).toContain("capture of 2 frames from 2024-08-08T23:54:14.087Z");
  const url = /BINANCE_WS_URL=(ws:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
  const client = await Client.connect(`${url}/ws/btcusdt@trade`);
  await printed("all trades are sent");
  process.kill(child.pid ?? NaN, "SIGINT");
  const { code, stdout } = await ended;
  expect([code, client.frames]).toEqual([0, []]);
  expect(stdout).toContain("faults in total: drop 2, disconnects 0\n");
});
