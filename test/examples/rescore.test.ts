import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadCore } from "../../core-wasm/load.ts";
import { Engine } from "../../service/engine/engine.ts";
import { loadModels } from "../../service/engine/loaded_model.ts";
import { makeBar } from "../support/records.ts";
import { randomBars } from "../core-wasm/support.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** Long enough for a machine ten times slower. */
const WAIT_MS = 300_000;
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const MODELS = ["models/classic.json", "models/volatility.json"];
/** Runs the example in Node. */
function rescore(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync("node", ["examples/rescore.mjs", ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { PATH: Deno.env.get("PATH") ?? "" },
  });
  return { status, stdout, stderr };
}

/** The rows of a CSV without quoted cells, by column. */
function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ""]));
  });
}

/** The name of a primary model's column in another model's place, where only features are missing. */
function columnOfOther(model: string, column: string): string | undefined {
  if (/^(features|normalized|anomaly|is_anomaly)/.test(column)) return undefined;
  const field = column.replace(/^regime_(?=state|name|probabilities)/, "");
  return `models_${model}_${field}`;
}

async function download(url: string, kind: string, from: number, to: number): Promise<string> {
  const pages: string[] = [];
  const page = 4_000 * 60_000;
  for (let start = from; start <= to; start += page) {
    const end = Math.min(start + page - 60_000, to);
    const query = `from=${start}&to=${end}&limit=10000&format=csv`;
    const text = await (await fetch(`${url}/api/v1/${kind}?${query}`)).text();
    pages.push(pages.length === 0 ? text : text.slice(text.indexOf("\n") + 1));
  }
  return pages.join("");
}

test("Node gives the numbers of the running service, bit for bit, for both models", async () => {
  const folder = temporaryFolder();
  const service = await ServiceProcess.start({
    SOURCE: "simulator",
    SIMULATOR_SPEED: "600",
    SYMBOLS: SYMBOLS.join(),
    DATA_DIR: folder,
    // The volatility model is ready after three days.
    HISTORY_DAYS: "8",
  });
  await until(
    "the service to be ready",
    async () => (await fetch(`${service.url}/readyz`)).ok || undefined,
    WAIT_MS,
  );
  const record = z.array(z.object({ timestamp: z.number(), backfill: z.boolean().optional() }));
  /** The last minute that has its signals of all symbols; 0 while signals of the history lack. */
  const newest = async () => {
    const times = SYMBOLS.map(async (symbol) => {
      const signals = await service.get(`/api/v1/signals?symbol=${symbol}&limit=1`);
      const last = record.parse(signals)[0];
      return last === undefined || last.backfill ? 0 : last.timestamp;
    });
    return Math.min(...await Promise.all(times));
  };
  const started = await until(
    "signals of all history",
    async () => await newest() || undefined,
    WAIT_MS,
  );
  const to = await until("live signals", async () => {
    const time = await newest();
    return time > started + 30 * 60_000 ? time : undefined;
  }, WAIT_MS);
  // The journal begins with the history: a month before has its first minute, and nothing older.
  const from = to - 30 * 86_400_000;
  const bars = await download(service.url, "bars", from, to);
  const signals = parseCsv(await download(service.url, "signals", from, to));
  const file = join(folder, "bars.csv");
  writeFileSync(file, bars);

  for (const model of MODELS) {
    const { status, stdout, stderr } = rescore(file, model);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const rows = parseCsv(stdout);
    expect(rows.length).toBe(signals.length);
    expect(rows.length).toBeGreaterThan(20_000);
    const ready = rows.filter((row) => row["ready"] === "true").length;
    expect(ready).toBeGreaterThan(1000);
    expect(ready).toBeLessThan(rows.length);
    const name = /(\w+)\.json$/.exec(model)?.[1] ?? "";
    const columns = Object.keys(rows[0] ?? {}).flatMap((column) => {
      const known = ["symbol", "timestamp"].includes(column) || name === "classic";
      const theirs = known ? column : columnOfOther(name, column);
      return theirs === undefined ? [] : [{ ours: column, theirs }];
    });
    expect(columns.length).toBeGreaterThan(8);
    const byMinute = new Map(signals.map((row) => [`${row["symbol"]} ${row["timestamp"]}`, row]));
    const different = rows.filter((row) => {
      const signal = byMinute.get(`${row["symbol"]} ${row["timestamp"]}`);
      return columns.some(({ ours, theirs }) => row[ours] !== signal?.[theirs]);
    });
    expect(different).toEqual([]);
  }
}, 3 * WAIT_MS);

test("a Binance kline file without a header, in microseconds and with a gap, is scored alike", () => {
  const folder = temporaryFolder();
  const bars = randomBars(11_000, 5).map(({ open, high, low, close, volume }, i) => ({
    ...makeBar(i < 5_000 ? i : i + 90),
    ...{ open, high, low, close, volume },
  }));
  const file = join(folder, "BTCUSDT-1m.csv");
  writeFileSync(
    file,
    bars.map(({ timestamp, open, high, low, close, volume }) =>
      [timestamp * 1000, open, high, low, close, volume, timestamp * 1000 + 59_999_999, 0, 0].join()
    ).join("\n"),
  );
  const engine = new Engine(loadCore(), loadModels({ models: MODELS, expected: {} }), ["BTCUSDT"]);
  const signals = bars.map((bar) => engine.push(bar));
  const [classic, volatility] = MODELS.map((model) => parseCsv(rescore(file, model).stdout));
  expect(classic?.map((row) => [row["anomaly_score"], row["confidence"], row["seconds_in_state"]]))
    .toEqual(
      signals.map((signal) =>
        [signal.anomaly_score, signal.confidence, signal.seconds_in_state]
          .map((value) => String(value ?? ""))
      ),
    );
  const said = signals.map(({ models }) => models["volatility"])
    .map((output) => [
      ...[output?.against_week?.name, output?.forecast?.["60"].quantiles["97.5"], output?.ready],
      ...[output?.have, output?.contributions?.season],
    ]);
  expect(
    volatility?.map((row) => [
      ...[row["against_week_name"], row["forecast_60_quantiles_97_5"], row["ready"], row["have"]],
      row["contributions_season"],
    ]),
  )
    .toEqual(said.map((values) => values.map((value) => String(value ?? ""))));
  expect(said.at(-1)?.[2]).toBe(true);
  // The file names no market.
  expect(volatility?.at(-1)?.["basis"]).toBe("week");
});

test("a bad argument or a bad file is named in one line, exit code 1", () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const cases = [
    [[], "BARS.csv and MODEL.json must be given"],
    [[write("a.csv", "timestamp,open\n1,2\n"), ...MODELS], "it must have the column high"],
    [
      [write("b.csv", "timestamp,open,high,low,close,volume\n60000,1,1,1,x,1\n"), ...MODELS],
      'close of bar 1 must be a number: current value is "x"',
    ],
    [
      [write("c.csv", "120000,1,1,1,1,1\n60000,1,1,1,1,1\n"), ...MODELS],
      "must be in order of time: current value is 60000 after 120000",
    ],
  ] as const;
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = rescore(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  }
});
