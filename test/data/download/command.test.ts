import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DownloadClient } from "../../../data/download/client.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { DumpServer, zipOf } from "./download_server.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../../data/download/command.ts");
const NAME = "BTCUSDT-1m-2024-05.zip";
const PATH = `data/spot/monthly/klines/BTCUSDT/1m/${NAME}`;
const ZIP = zipOf(NAME, Array.from({ length: 2000 }, (_, i) => `${i},${Math.sin(i)}`));

function command(dataDir: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    env: { NO_COLOR: "1", DATA_DIR: dataDir },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function runToEnd(dataDir: string, ...args: string[]) {
  const { code, stdout, stderr } = await command(dataDir, args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const may = (
  url: string,
) => ["--symbol", "btcusdt", "--from", "2024-05", "--to", "2024-05", "--url", url];

test("files go to the symbol's folder, and one line sums them up", async () => {
  const server = await DumpServer.start(new Map([[PATH, ZIP]]));
  const dataDir = temporaryFolder();
  const { code, stdout, stderr } = await runToEnd(dataDir, ...may(`${server.url}/`));
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^BTCUSDT klines \(spot\): 1 file downloaded, 0 kept, nothing missing, [\d.]+ kB, [\d.]+ s, in .*BTCUSDT\n$/,
  );
  expect(readFileSync(join(dataDir, "BTCUSDT", NAME)).equals(ZIP)).toBe(true);
});

test("futures do not overwrite the spot files of the same names", async () => {
  const futures = zipOf(NAME, ["other"]);
  const server = await DumpServer.start(
    new Map([[PATH, ZIP], [PATH.replace("spot", "futures/um"), futures]]),
  );
  const dataDir = temporaryFolder();
  await runToEnd(dataDir, ...may(server.url));
  expect((await runToEnd(dataDir, ...may(server.url), "--market", "usdm")).code).toBe(0);
  expect(readFileSync(join(dataDir, "BTCUSDT", NAME)).equals(ZIP)).toBe(true);
  expect(readFileSync(join(dataDir, "BTCUSDT", "usdm", NAME)).equals(futures)).toBe(true);
});

test("a failure is named in one line, exit code 1", async () => {
  const server = await DumpServer.start(new Map([[PATH, ZIP]]));
  server.fail(PATH, (res) => void res.writeHead(400).end());
  const { code, stderr } = await runToEnd(temporaryFolder(), ...may(server.url));
  expect([code, stderr]).toEqual([
    1,
    `Cannot download ${NAME}: the server answered HTTP 400\n`,
  ]);
});

test("a file without a .CHECKSUM is downloaded when that is allowed, and called unverified", async () => {
  const server = await DumpServer.start(new Map([[PATH, ZIP]]));
  const none = (res: ServerResponse) => void res.writeHead(404).end();
  server.fail(`${PATH}.CHECKSUM`, none, none, none);
  const dataDir = temporaryFolder();
  const refused = await runToEnd(dataDir, ...may(server.url));
  expect([refused.code, refused.stderr]).toEqual([
    1,
    `Cannot download ${NAME}: it has no .CHECKSUM, so it cannot be verified; ` +
    "--allow-unverified downloads it all the same\n",
  ]);
  // A part of another version must not be joined.
  writeFileSync(join(dataDir, "BTCUSDT", `${NAME}.part`), "other");
  for (const _ of ["first", "again"]) {
    const { code, stdout } = await runToEnd(dataDir, ...may(server.url), "--allow-unverified");
    expect(code).toBe(0);
    expect(stdout).toContain(`0 files downloaded, 1 file NOT verified (${NAME}), 0 kept`);
    expect(readFileSync(join(dataDir, "BTCUSDT", NAME)).equals(ZIP)).toBe(true);
  }
  // Once there is a checksum the file is verified by it.
  expect((await runToEnd(dataDir, ...may(server.url))).stdout).toContain("1 kept");
});

test("a server that cannot be reached is named with the reason", async () => {
  const client = new DownloadClient({ clock: { monotonic: () => 0, sleep: async () => {} } });
  await expect(client.request(() => ({ url: "http://127.0.0.1:5/x" }), () => Promise.resolve()))
    .rejects.toThrow(
      /^no answer from http:\/\/127\.0\.0\.1:5 \(.*[Cc]onnection refused.*\), 6 times$/,
    );
});

test.each([
  [
    ["--symbol", "../x"],
    '--symbol must be a market\'s name such as BTCUSDT: current value is "../x"',
  ],
  [["--kind", "trades"], '--kind must be one of klines, aggTrades: current value is "trades"'],
  [["--market", "coinm"], '--market must be one of spot, usdm: current value is "coinm"'],
  [["--url", "ftp://x"], "--url must be a URL that starts with https:// or http://"],
  [["--from", "May"], "--from must be a month or a day from 2017 on"],
  [["--to", "2999-01"], '--to must not be in the future: current value is "2999-01"'],
  [["--from", "2999-01-01"], "--from must not be in the future"],
  [["--to", "2024-04"], "--to must not be before --from: from 2024-05 to 2024-04"],
])("%j is a bad argument: one line, exit code 2", async (wrong, message) => {
  const given = new Map([["--symbol", "BTCUSDT"], ["--from", "2024-05"], ["--to", "2024-05"]]);
  const [option = "", value = ""] = wrong;
  const dataDir = temporaryFolder();
  const args = [...given.set(option, value)].flat();
  const { code, stdout, stderr } = await runToEnd(dataDir, ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd()).not.toContain("\n");
  expect(readdirSync(dataDir)).toEqual([]);
});

test("--help describes the options", async () => {
  const { code, stdout } = await runToEnd(temporaryFolder(), "--help");
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("Usage: deno task data:download [options]"),
  ]);
});

test("Ctrl-C leaves a part that the next run resumes, and nothing under the final name", async () => {
  const server = await DumpServer.start(new Map([[PATH, ZIP]]));
  server.fail(PATH, (res, body) => {
    res.writeHead(200, { "content-length": body.length });
    res.write(body.subarray(0, 5000));
  });
  const dataDir = temporaryFolder();
  const part = join(dataDir, "BTCUSDT", `${NAME}.part`);
  const child = command(dataDir, may(server.url)).spawn();
  const ended = child.output();
  let running = true;
  onTestFinished(() => {
    if (running) child.kill("SIGKILL");
  });
  await until(
    "half a file",
    () => existsSync(part) && statSync(part).size === 5000 ? true : undefined,
  );
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  running = false;
  expect(readdirSync(join(dataDir, "BTCUSDT"))).toEqual([`${NAME}.part`]);
  expect((await runToEnd(dataDir, ...may(server.url))).code).toBe(0);
  expect(server.requests.at(-1)).toBe(`GET ${NAME} bytes=5000-`);
  expect(readdirSync(join(dataDir, "BTCUSDT"))).toEqual([NAME]);
});
