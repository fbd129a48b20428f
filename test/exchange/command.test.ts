import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import process from "node:process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const MAIN = join(import.meta.dirname ?? ".", "../../service/exchange/main.ts");

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
  expect([code, stdout]).toEqual([0, expect.stringContaining("deno task exchange [options]")]);
});

test.each([
  [
    ["--speed", "fast"],
    '--speed must be a number from 0.001 to 100000: current value is "fast" (--help tells more)\n',
  ],
  [
    ["--symbols", "?"],
    'a symbol must be 2 to 20 capital letters and digits: current value is "?" (--help tells more)\n',
  ],
])("%j is a bad argument: one line, exit code 2", async (args, line) => {
  expect(await exchange(...args).ended).toEqual({ code: 2, stdout: "", stderr: line });
});

test("a file that is not there is named, exit code 2", async () => {
  const { code, stderr } = await exchange("--trades", "BTCUSDT-none.csv").ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Cannot read BTCUSDT-none\.csv: .*\n$/);
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
    stderr: `port ${port} of 127.0.0.1 is in use: ` +
      "stop the program that has it, or give another --port\n",
  });
});

test("says where it is, serves, and ends cleanly when it is told to", async () => {
  const { child, printed, ended } = exchange("--port", "0", "--symbols", "BTCUSDT");
  const text = await printed("deno task serve");
  const url = /BINANCE_REST_URL=(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
  const response = await fetch(`${url}/api/v3/time`);
  expect(await response.json()).toEqual({ serverTime: expect.any(Number) });
  // Deno's child.kill() makes up an end by that signal, whatever the child does.
  process.kill(child.pid ?? NaN, "SIGTERM");
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});
