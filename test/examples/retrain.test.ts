import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { fingerprint, parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { randomBars } from "../core-wasm/support.ts";
import { DumpServer, zipOf } from "../data/download/download_server.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** Long enough for a machine ten times slower. */
const WAIT_MS = 300_000;
const MAY = Date.UTC(2024, 4, 1);
const MAY_MINUTES = 31 * 1440;

/** Rows of a Binance kline file from May 2024 on. */
function klineRows(minutes: number): string[] {
  return randomBars(minutes, 1).map(({ open, high, low, close, volume }, i) => {
    const time = MAY + i * 60_000;
    const rest = [time + 59_999, volume * open, 10, volume / 2, (volume / 2) * open, 0];
    return [time, open, high, low, close, volume, ...rest].join();
  });
}

/** Runs the example. */
async function retrain(...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "examples/retrain.ts", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A folder with a copy of the classic model. */
function modelFolder() {
  const folder = temporaryFolder();
  const model = join(folder, "classic.json");
  copyFileSync("models/classic.json", model);
  return { folder, model };
}

test("a month is downloaded, a model fitted to it, and the running service uses it", async () => {
  const { folder, model } = modelFolder();
  const before = readFileSync(model, "utf8");
  const name = "BTCUSDT-1m-2024-05.zip";
  const dumps = await DumpServer.start(
    new Map([[
      `data/spot/monthly/klines/BTCUSDT/1m/${name}`,
      zipOf(name, klineRows(MAY_MINUTES)),
    ]]),
  );
  const service = await ServiceProcess.start({
    SOURCE: "simulator",
    SIMULATOR_SPEED: "60",
    MODELS: model,
    DATA_DIR: join(folder, "store"),
  });
  await until(
    "the service to be ready",
    async () => (await fetch(`${service.url}/readyz`)).ok || undefined,
    WAIT_MS,
  );
  const { code, stdout, stderr } = await retrain(
    ...[model, "--months", "1", "--until", "2024-05", "--data", join(folder, "history")],
    ...["--mirror", dumps.url, "--service", service.url],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("retrain:") });
  expect(stdout).toContain(`${service.url} runs it\n`);

  const text = readFileSync(model, "utf8");
  expect(fingerprint(text)).not.toBe(fingerprint(before));
  const { name: kept, features, hmm, training } = requireHmm(parseArtifact(text, model));
  expect({ kept, features, labels: hmm.labels }).toMatchObject({
    kept: "classic",
    features: { windows: { rolling: 20 } },
    labels: ["Bearish Extreme", "Normal Market", "Bullish Extreme"],
  });
  expect(training).toMatchObject({ symbol: "BTCUSDT", rows: MAY_MINUTES });
  expect(readdirSync(folder).filter((file) => file.includes("candidate"))).toEqual([]);
  const models = z.array(z.looseObject({ fingerprint: z.string() }));
  expect(models.parse(await service.get("/api/v1/models")).map((each) => each.fingerprint))
    .toEqual([fingerprint(text)]);
}, 3 * WAIT_MS);

test("a model that cannot be judged on unseen bars does not replace the present one", async () => {
  const { folder, model } = modelFolder();
  const before = readFileSync(model, "utf8");
  const bars = join(folder, "BTCUSDT-1m.csv");
  writeFileSync(bars, klineRows(3_000).join("\n"));
  const { code, stderr } = await retrain(model, bars);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /\.classic\.candidate\.json does not replace .*: the history is too short/,
  );
  expect(readFileSync(model, "utf8")).toBe(before);
}, WAIT_MS);

test("wrong arguments are named in one line, exit code 2", async () => {
  const { model } = modelFolder();
  const cases: [string[], string][] = [
    [[], "the model file is missing"],
    [["nowhere.json"], "there is no model file"],
    [[model, "--months", "0"], "--months must be"],
    [[model, "--until", "2024-13"], "--until must be YYYY-MM"],
    [[model, "--unknown"], "Unknown option '--unknown'"],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await retrain(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  }
}, WAIT_MS);
